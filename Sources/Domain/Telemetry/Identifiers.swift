import JSON

/// A name or id that another system gave, kept as its text; each kind is a type of its own so that they can't be mixed up.
///
/// Two are equal where their bytes are, as in the systems that gave them and in PostgreSQL; Swift's own texts are equal where they are
/// canonically equivalent.
package protocol Identifier: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    var text: String { get }
    init(_ text: String)
}

extension Identifier {
    package init(stringLiteral value: String) { self.init(value) }
    package var description: String { text }

    package static func == (left: Self, right: Self) -> Bool { left.text.isExactly(right.text) }
    package func hash(into hasher: inout Hasher) { text.hashExactly(into: &hasher) }
    package static func < (left: Self, right: Self) -> Bool { ExactText(left.text) < ExactText(right.text) }
}

/// The id of a project (Keystone: 32 hexadecimal digits, but any text is accepted).
package struct ProjectID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The id of a user.
package struct UserID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The id of a measured resource, unique in the cloud: a server's UUID, `<uuid>-<disk>`, a host's name.
package struct ResourceID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The type of a resource in Gnocchi's sense: `instance`, `volume`, `host`.
package struct ResourceType: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a meter: `cpu`, `disk.device.read.bytes`.
package struct MeterName: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a host: a hypervisor or any machine that runs a collector.
package struct HostName: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The id that a producer gave a notification; the key of deduplication.
package struct MessageID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

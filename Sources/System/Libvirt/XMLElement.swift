/// An element of libvirt's XML.
///
/// Prefixes of namespaces are dropped: the elements that are read here have distinct names.
package struct XMLElement: Hashable, Sendable {
    package let name: String
    package let attributes: [String: String]
    package let children: [XMLElement]
    /// The text directly inside the element, without white space around it.
    package let text: String

    package init(name: String, attributes: [String: String] = [:], children: [XMLElement] = [], text: String = "") {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    /// The first child of this name.
    package subscript(name: String) -> XMLElement? {
        children.first { $0.name == name }
    }

    package func children(_ name: String) -> [XMLElement] {
        children.filter { $0.name == name }
    }
}

/// Where and why a text is not the XML that libvirt writes.
package struct XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    /// Bytes from the start of the text.
    package let position: Int

    package var description: String { "\(reason) at byte \(position)" }
}

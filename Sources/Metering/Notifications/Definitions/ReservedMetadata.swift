import JSON

/// Which of a resource's own metadata are copied into its samples (Ceilometer's `reserved_metadata_*` options).
package struct ReservedMetadata: Hashable, Sendable {
    /// Keys that start with one of these are copied, without it.
    package let prefixes: [String]
    /// Other keys that are copied.
    package let keys: [String]
    /// The most code points of a copied text; the rest is cut.
    package let lengthLimit: Int

    /// Ceilometer's defaults.
    package static let standard = ReservedMetadata(prefixes: ["metering."], keys: [], lengthLimit: 256)

    package init(prefixes: [String], keys: [String], lengthLimit: Int) {
        self.prefixes = prefixes
        self.keys = keys
        self.lengthLimit = lengthLimit
    }

    /// The members to copy under `user_metadata`. Dots in their names become underscores, and names that the sample's metadata
    /// already have are left out.
    func members(of source: PathValue, besides known: [JSONValue.Member]) -> [JSONValue.Member] {
        var copies = Copies(known: known, lengthLimit: lengthLimit)
        for prefix in prefixes {
            for (name, value) in source.members ?? [] where name.startsExactly(with: prefix) {
                copies.add(value, as: name.utf8.dropFirst(prefix.utf8.count))
            }
        }
        for key in keys {
            if let value = source.member(key) { copies.add(value, as: key.utf8[...]) }
        }
        return copies.members
    }

    /// The copies so far.
    private struct Copies {
        let known: [JSONValue.Member]
        let lengthLimit: Int
        private(set) var members: [JSONValue.Member] = []
        private var places = KeyPlaces()

        init(known: [JSONValue.Member], lengthLimit: Int) {
            self.known = known
            self.lengthLimit = lengthLimit
        }

        mutating func add(_ value: PathValue, as name: Substring.UTF8View) {
            // Byte by byte, because a dot with an accent behind it is another character to Swift.
            let target = String(
                decoding: name.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
            guard !known.contains(where: { $0.key.isExactly(target) }) else { return }
            let copied = value.text.map { JSONValue.string(PythonText.prefix($0, lengthLimit)) } ?? value.tree
            if let place = places.place(of: target, among: members.count, { members[$0].key }) {
                members[place] = .init(target, copied)
            } else {
                members.append(.init(target, copied))
            }
        }
    }
}

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
        var result: [JSONValue.Member] = []
        let names = source.keys ?? []
        for prefix in prefixes {
            for name in names where name.hasPrefix(prefix) {
                copy(name, as: String(name.dropFirst(prefix.count)), of: source, besides: known, to: &result)
            }
        }
        for key in keys where names.contains(key) {
            copy(key, as: key, of: source, besides: known, to: &result)
        }
        return result
    }

    private func copy(
        _ name: String, as target: String, of source: PathValue, besides known: [JSONValue.Member],
        to result: inout [JSONValue.Member]
    ) {
        let target = target.replacing(".", with: "_")
        guard !known.contains(where: { $0.key == target }), let value = source.member(name) else { return }
        let copied = value.text.map { JSONValue.string(PythonText.prefix($0, lengthLimit)) } ?? value.tree
        if let place = result.firstIndex(where: { $0.key == target }) {
            result[place] = .init(target, copied)
        } else {
            result.append(.init(target, copied))
        }
    }
}

import Documents

/// What `pipeline.yaml` and `event_pipeline.yaml` let through to the store.
package struct Pipelines: Hashable, Sendable {
    let samples: [NameFilter]
    let events: [NameFilter]
    /// Publishers that are named in the files and have no counterpart here; to be told to the operator.
    package let unsupported: [PublisherURL]

    /// Everything is stored.
    package static let everything = Pipelines(
        samples: [NameFilter(["*"])], events: [NameFilter(["*"])], unsupported: [])

    func takesSample(_ name: String) -> Bool { samples.contains { $0.takes(name) } }
    func takesEvent(_ eventType: String) -> Bool { events.contains { $0.takes(eventType) } }
}

/// One of the two files: sources that pick by name, and the sinks they go to.
struct PipelineFile {
    let stored: [NameFilter]
    let unsupported: [PublisherURL]

    private struct Sink {
        let name: String
        let publishers: [PublisherURL]
    }

    /// Reads a file; `key` is `meters` or `events`.
    init?(_ root: DocumentValue, key: String) {
        guard let mapping = root.mapping() else { return nil }
        _ = mapping.all()
        let sinks = (mapping.required("sinks")?.list() ?? []).compactMap(Self.sink)
        Self.checkUnique(sinks.map(\.name), "sink", root)
        let publishers = Dictionary(sinks.map { ($0.name, $0.publishers) }, uniquingKeysWith: { first, _ in first })
        var names: [String] = []
        var stored: [NameFilter] = []
        for source in mapping.required("sources")?.list() ?? [] {
            guard let parsed = Self.source(source, key: key, sinks: publishers) else { continue }
            names.append(parsed.name)
            if parsed.isStored { stored.append(parsed.filter) }
        }
        Self.checkUnique(names, "source", root)
        self.stored = stored
        self.unsupported = sinks.flatMap(\.publishers).filter { $0.role != .store }
    }

    private static func sink(_ value: DocumentValue) -> Sink? {
        guard let mapping = value.mapping() else { return nil }
        _ = mapping.all()
        let name = mapping.required("name")?.string()
        let publishers = mapping.required("publishers")?.strings()
        guard let name, let publishers else { return nil }
        guard !publishers.isEmpty else {
            mapping.report("the sink has no publisher")
            return nil
        }
        return Sink(name: name, publishers: publishers.map { PublisherURL($0.contains("://") ? $0 : $0 + "://") })
    }

    private static func source(
        _ value: DocumentValue, key: String, sinks: [String: [PublisherURL]]
    ) -> (name: String, filter: NameFilter, isStored: Bool)? {
        guard let mapping = value.mapping() else { return nil }
        _ = mapping.all()
        let name = mapping.required("name")?.string()
        let names = mapping.required(key)?.strings()
        let targets = mapping.required("sinks")?.strings()
        guard let name, let names, let targets, check(names, key, mapping) else { return nil }
        var isStored = false
        for target in targets {
            guard let publishers = sinks[target] else {
                mapping.report("the sink \(target) is not defined")
                continue
            }
            if publishers.contains(where: { $0.role == .store }) { isStored = true }
        }
        return (name, NameFilter(names), isStored)
    }

    /// Ceilometer's rules: something must be named, and names to take do not stand beside `*` or names to leave out.
    private static func check(_ names: [String], _ key: String, _ mapping: DocumentMapping) -> Bool {
        let taken = names.contains { !$0.hasPrefix("!") && !$0.hasPrefix("*") }
        if names.isEmpty || names.contains("") {
            mapping.report("no \(key) are named")
        } else if taken, names.contains(where: { $0.hasPrefix("!") }) {
            mapping.report("\(key) are both taken and left out")
        } else if taken, names.contains("*") {
            mapping.report("\(key) are named beside *")
        } else {
            return true
        }
        return false
    }

    private static func checkUnique(_ names: [String], _ what: String, _ root: DocumentValue) {
        var known: Set<String> = []
        for name in names where !known.insert(name).inserted {
            root.report("two \(what)s are called \(name)")
        }
    }
}

package import Documents

/// What is polled and how often: `pipelines/polling.yaml`, in the syntax of Ceilometer's file of that name.
package struct PollingDefinition: Hashable, Sendable {
    package let sources: [PollingSource]

    package init(sources: [PollingSource]) {
        self.sources = sources
    }

    /// Reads and checks a file; every problem is reported with its line.
    package init(file path: String) throws(DocumentError) {
        self = try Document.read(file: path) { PollingDefinition($0) }
    }

    /// Reads a text; `name` stands for the file in problems.
    package init(text: String, named name: String) throws(DocumentError) {
        self = try Document.read(text, named: name) { PollingDefinition($0) }
    }

    private init?(_ root: DocumentValue) {
        guard let list = root.mapping()?.required("sources") else { return nil }
        guard let values = list.list() else { return nil }
        if values.isEmpty { list.report("there is no source, so nothing would be polled") }
        var sources: [PollingSource] = []
        for value in values {
            guard let source = PollingSource(value) else { continue }
            if sources.contains(where: { $0.name == source.name }) {
                value.report("another source is called \(source.name) too")
            }
            sources.append(source)
        }
        self.sources = sources
    }
}

/// Meters that are polled together, at one interval.
package struct PollingSource: Hashable, Sendable {
    package let name: String
    package let interval: Duration
    package let meters: MeterSelection

    /// Ceilometer's default.
    package static let defaultInterval = Duration.seconds(300)
    /// Below a second libvirt itself takes longer than the interval; a day is the longest that still shows a resource.
    package static let intervalLimits = Duration.seconds(1)...Duration.seconds(86_400)

    package init(name: String, interval: Duration, meters: MeterSelection) {
        self.name = name
        self.interval = interval
        self.meters = meters
    }

    fileprivate init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let name = mapping.required("name")?.string()
        let interval = mapping["interval"].flatMap { $0.duration(in: Self.intervalLimits, bareUnit: .seconds(1)) }
        let meters = mapping.required("meters").flatMap(Self.patterns)
        for key in ["resources", "discovery", "group_id_coordination_expression"] where mapping.contains(key) {
            mapping[key]?.report("this collector polls the host that it runs on; it takes no \(key)")
        }
        guard let name, let meters else { return nil }
        if name.isEmpty { mapping["name"]?.report("a source needs a name") }
        self.name = name
        self.interval = interval ?? Self.defaultInterval
        self.meters = MeterSelection(meters)
    }

    private static func patterns(_ value: DocumentValue) -> [String]? {
        guard let values = value.list() else { return nil }
        if values.isEmpty { value.report("there is no meter in the list") }
        return values.compactMap { value in
            guard let text = value.string() else { return nil }
            guard !text.isEmpty, text != "!" else {
                value.reject(expected: "the name of a meter")
                return nil
            }
            return text
        }
    }
}

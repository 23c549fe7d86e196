package import Aggregation
package import Documents
import Telemetry

/// The file of archive policies and of the rules that choose among them; Gnocchi's and Ceilometer's keys and spellings.
package enum ArchivePolicyFile {
    /// Reads the file at a path.
    ///
    /// - Throws: `DocumentError` with every problem of the file.
    package static func read(file path: String) throws(DocumentError) -> ArchivePolicyCatalogue {
        try Document.read(file: path, catalogue)
    }

    /// Reads the text of a file; `source` is its name in problems.
    package static func read(_ text: String, named source: String) throws(DocumentError) -> ArchivePolicyCatalogue {
        try Document.read(text, named: source, catalogue)
    }

    private static func catalogue(_ root: DocumentValue) -> ArchivePolicyCatalogue? {
        guard let mapping = root.mapping() else { return nil }
        let policies = entries(mapping.required("archive_policies"), ArchivePolicy.init)
        let rules = entries(mapping.required("archive_policy_rules"), ArchivePolicyRule.init)
        guard let policies, let rules else { return nil }
        return root.made { () throws(ArchivePolicyError) in try ArchivePolicyCatalogue(policies: policies, rules: rules)
        }
    }

    /// The elements of a list; nil where one of them could not be read, so that no problem is reported twice in other
    /// words.
    private static func entries<Entry>(_ value: DocumentValue?, _ read: (DocumentValue) -> Entry?) -> [Entry]? {
        guard let list = value?.list() else { return nil }
        guard list.count <= ArchivePolicyCatalogue.entryLimit else {
            value?.report("has \(list.count) entries, the most is \(ArchivePolicyCatalogue.entryLimit)")
            return nil
        }
        let entries = list.map(read)
        let known = entries.compactMap(\.self)
        return known.count == entries.count ? known : nil
    }
}

extension ArchivePolicy {
    fileprivate init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let name = mapping.required("name")?.string()
        let backWindow = mapping["back_window"].map { $0.int(in: 0...Int.max) } ?? 0
        let rawTimespan = mapping["raw_timespan"].map { $0.timespan() }
        let list = mapping.required("definition")?.list()
        let definitions = list?.map(ArchiveDefinition.init)
        let methods = mapping["aggregation_methods"].map(Self.methods) ?? Self.defaultMethods
        guard let name, let backWindow, let methods, let definitions = definitions?.compactMap(\.self),
            definitions.count == list?.count, rawTimespan.map({ $0 != nil }) ?? true
        else { return nil }
        let policy = value.made { () throws(ArchivePolicyError) in
            try ArchivePolicy(
                name: name, backWindow: backWindow, definitions: definitions, methods: methods,
                rawTimespan: rawTimespan ?? nil)
        }
        guard let policy else { return nil }
        self = policy
    }

    private static func methods(_ value: DocumentValue) -> [AggregationMethod]? {
        guard let entries = value.strings() else { return nil }
        return value.made { () throws(ArchivePolicyError) in try Self.methods(entries) }
    }
}

extension ArchiveDefinition {
    fileprivate init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let written = ["granularity", "points", "timespan"].count { mapping.contains($0) }
        let granularity = mapping["granularity"].flatMap { $0.timespan() }
        let points = mapping["points"].flatMap { $0.int() }
        let timespan = mapping["timespan"].flatMap { $0.timespan() }
        let read = [granularity == nil, points == nil, timespan == nil].count { !$0 }
        // A figure that is there but unreadable has been reported; without it only a second, misleading problem would
        // follow.
        guard read == written else { return nil }
        let definition = value.made { () throws(ArchivePolicyError) in
            try ArchiveDefinition(granularity: granularity, points: points, timespan: timespan)
        }
        guard let definition else { return nil }
        self = definition
    }
}

extension ArchivePolicyRule {
    fileprivate init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let name = mapping.required("name")?.string()
        let pattern = mapping.required("metric_pattern")?.string()
        let policyName = mapping.required("archive_policy_name")?.string()
        let type = mapping["resource_type"].map { $0.string() }
        guard let name, let pattern, let policyName, type.map({ $0 != nil }) ?? true else { return nil }
        let rule = value.made { () throws(ArchivePolicyError) in
            try ArchivePolicyRule(
                name: name, metricPattern: pattern, resourceType: (type ?? nil).map(ResourceType.init),
                policyName: policyName)
        }
        guard let rule else { return nil }
        self = rule
    }
}

/// How long the aggregates of a metric are kept, at which granularities and by which methods; Gnocchi's model.
package struct ArchivePolicy: Hashable, Sendable {
    /// A policy's name: up to 255 characters, not empty.
    package let name: String
    /// How many windows of the coarsest granularity before the newest measure Gnocchi would still accept.
    ///
    /// Kept for its
    /// API; here a late measure is folded however late it comes.
    package let backWindow: Int
    /// From the finest granularity to the coarsest, each granularity once, at least one.
    package let definitions: [ArchiveDefinition]
    /// In order, each once, at least one.
    package let methods: [AggregationMethod]
    /// How long the measures themselves are kept, from which windows are folded anew: as long as the longest-kept
    /// window unless the policy says otherwise.
    package let rawTimespan: Duration

    /// Granularities of one policy: each is folded and stored separately, and no use for more is known.
    package static let definitionLimit = 16
    /// Gnocchi's column of the name.
    package static let nameLengthLimit = 255

    /// The methods of a policy that names none, as Gnocchi's `default_aggregation_methods`.
    package static let defaultMethods: [AggregationMethod] = [.mean, .min, .max, .sum, .std, .count].sorted()

    /// Makes a policy; without a `rawTimespan` the measures are kept as long as the longest-kept window.
    ///
    /// - Throws: `ArchivePolicyError` naming the field and its limit.
    package init(
        name: String, backWindow: Int = 0, definitions: [ArchiveDefinition],
        methods: [AggregationMethod] = defaultMethods,
        rawTimespan: Duration? = nil
    ) throws(ArchivePolicyError) {
        guard !name.isEmpty, name.count <= Self.nameLengthLimit else {
            throw .nameLength(name.count, limit: Self.nameLengthLimit)
        }
        guard backWindow >= 0 else { throw .backWindowNegative(backWindow) }
        guard (1...Self.definitionLimit).contains(definitions.count) else {
            throw .definitionCount(definitions.count, limit: Self.definitionLimit)
        }
        let sorted = definitions.sorted { $0.granularity < $1.granularity }
        for (finer, coarser) in zip(sorted, sorted.dropFirst()) where finer.granularity == coarser.granularity {
            throw .granularityRepeated(finer.granularity)
        }
        guard !methods.isEmpty else { throw .methodsEmpty }
        if let rawTimespan, rawTimespan <= .zero || rawTimespan > ArchiveDefinition.timespanLimit {
            throw .rawTimespanOutOfRange(rawTimespan, limit: ArchiveDefinition.timespanLimit)
        }
        self.name = name
        self.backWindow = backWindow
        self.definitions = sorted
        self.methods = Set(methods).sorted()
        self.rawTimespan = rawTimespan ?? sorted.map(\.timespan).reduce(.zero, Swift.max)
    }

    /// The longest time that any granularity is kept.
    package var longestTimespan: Duration { definitions.map(\.timespan).reduce(.zero, Swift.max) }

    /// Reads the methods of a policy as Gnocchi spells them.
    ///
    /// `*` stands for all methods. Where all entries carry a sign they change the default set, otherwise the plain
    /// entries are the set; `+x` then adds a method and `-x` removes it, in the order given.
    ///
    /// - Throws: `ArchivePolicyError.methodUnknown` or `.methodsEmpty`.
    package static func methods(_ entries: [String]) throws(ArchivePolicyError) -> [AggregationMethod] {
        var plain: [AggregationMethod] = []
        var changes: [(adds: Bool, method: AggregationMethod)] = []
        for entry in entries where entry != "*" {
            let isSigned = entry.hasPrefix("+") || entry.hasPrefix("-")
            guard let method = AggregationMethod(String(isSigned ? entry.dropFirst() : entry[...])) else {
                throw .methodUnknown(entry)
            }
            if isSigned { changes.append((entry.hasPrefix("+"), method)) } else { plain.append(method) }
        }
        var methods = Set(entries.contains("*") ? AggregationMethod.all : plain.isEmpty ? defaultMethods : plain)
        for change in changes {
            if change.adds { methods.insert(change.method) } else { methods.remove(change.method) }
        }
        guard !methods.isEmpty else { throw .methodsEmpty }
        return methods.sorted()
    }
}

/// Why an archive policy or rule was refused.
package enum ArchivePolicyError: Error, Hashable, Sendable {
    case nameLength(Int, limit: Int)
    case backWindowNegative(Int)
    case definitionCount(Int, limit: Int)
    case definitionIncomplete
    case definitionContradictory(granularity: Duration, points: Int, timespan: Duration)
    case granularityOutOfRange(Duration, limits: ClosedRange<Duration>)
    case granularityRepeated(Duration)
    case pointsOutOfRange(Int, limits: ClosedRange<Int>)
    case timespanOutOfRange(Duration, limit: Duration)
    case rawTimespanOutOfRange(Duration, limit: Duration)
    case timespanShorterThanGranularity(timespan: Duration, granularity: Duration)
    case methodUnknown(String)
    case methodsEmpty
    case policyRepeated(String)
    case ruleRepeated(String)
    case policyUnknown(String, rule: String)
    case patternLength(Int, limit: Int)
}

extension ArchivePolicyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nameLength(let length, let limit): "name: has \(length) characters, allowed are 1 to \(limit)"
        case .backWindowNegative(let window): "back_window: is \(window), the least is 0"
        case .definitionCount(let count, let limit): "definition: has \(count) entries, allowed are 1 to \(limit)"
        case .definitionIncomplete: "definition: needs two of granularity, points and timespan"
        case .definitionContradictory(let granularity, let points, let timespan):
            "timespan: is \(timespan), but granularity × points is \(granularity) × \(points)"
        case .granularityOutOfRange(let granularity, let limits):
            "granularity: is \(granularity), allowed are \(limits.lowerBound) to \(limits.upperBound)"
        case .granularityRepeated(let granularity): "definition: has the granularity \(granularity) twice"
        case .pointsOutOfRange(let points, let limits):
            "points: is \(points), allowed are \(limits.lowerBound) to \(limits.upperBound)"
        case .timespanOutOfRange(let timespan, let limit): "timespan: is \(timespan), the most is \(limit)"
        case .rawTimespanOutOfRange(let timespan, let limit):
            "raw_timespan: is \(timespan), allowed are more than 0 to \(limit)"
        case .timespanShorterThanGranularity(let timespan, let granularity):
            "timespan: is \(timespan), shorter than the granularity \(granularity)"
        case .methodUnknown(let entry): "aggregation_methods: \"\(entry)\" is not a method"
        case .methodsEmpty: "aggregation_methods: leaves no method"
        case .policyRepeated(let name): "name: the policy \"\(name)\" is defined twice"
        case .ruleRepeated(let name): "name: the rule \"\(name)\" is defined twice"
        case .policyUnknown(let name, let rule):
            "archive_policy_name: rule \"\(rule)\" names the unknown policy \"\(name)\""
        case .patternLength(let length, let limit):
            "metric_pattern: has \(length) characters, allowed are 1 to \(limit)"
        }
    }
}

package import Telemetry

/// Which archive policy a new metric gets: by its name and, optionally, the type of its resource.
package struct ArchivePolicyRule: Hashable, Sendable {
    package let name: String
    /// The metric's name must match.
    package let metricPattern: GlobPattern
    /// The resource's type must be this one; nil for any.
    package let resourceType: ResourceType?
    package let policyName: String

    /// Long enough for any metric's name; a limit because every new metric is matched against it.
    package static let patternLengthLimit = 255

    /// Makes a rule.
    ///
    /// - Throws: `ArchivePolicyError.patternLength` for an empty or overlong pattern.
    package init(
        name: String, metricPattern: String, resourceType: ResourceType? = nil, policyName: String
    ) throws(ArchivePolicyError) {
        guard (1...Self.patternLengthLimit).contains(metricPattern.count) else {
            throw .patternLength(metricPattern.count, limit: Self.patternLengthLimit)
        }
        self.name = name
        self.metricPattern = GlobPattern(metricPattern)
        self.resourceType = resourceType
        self.policyName = policyName
    }

    package func matches(_ metric: MeterName, of type: ResourceType) -> Bool {
        (resourceType == nil || resourceType == type) && metricPattern.matches(metric.text)
    }

    /// Whether the rule is for all metrics of all types: a default rather than a choice.
    package var matchesEverything: Bool { resourceType == nil && metricPattern.text.allSatisfy { $0 == "*" } }

    /// Whether this rule wins where both match: the one that names the resource type, then the longer pattern, then the
    /// order of the text, which makes the choice the same everywhere.
    func precedes(_ other: Self) -> Bool {
        if (resourceType == nil) != (other.resourceType == nil) { return resourceType != nil }
        let (length, otherLength) = (metricPattern.text.count, other.metricPattern.text.count)
        if length != otherLength { return length > otherLength }
        if metricPattern.text != other.metricPattern.text { return metricPattern.text > other.metricPattern.text }
        return name < other.name
    }
}

/// All archive policies and the rules that choose among them.
package struct ArchivePolicyCatalogue: Hashable, Sendable {
    package let policies: [String: ArchivePolicy]
    /// In the order of precedence.
    package let rules: [ArchivePolicyRule]

    /// Policies and rules are read at start and matched for every new metric; a site needs a few dozen.
    package static let entryLimit = 1_000

    /// Makes a catalogue.
    ///
    /// - Throws: `ArchivePolicyError` where a name occurs twice or a rule names a policy that isn't there.
    package init(policies: [ArchivePolicy], rules: [ArchivePolicyRule]) throws(ArchivePolicyError) {
        var named: [String: ArchivePolicy] = [:]
        for policy in policies {
            guard named.updateValue(policy, forKey: policy.name) == nil else { throw .policyRepeated(policy.name) }
        }
        var names: Set<String> = []
        for rule in rules {
            guard names.insert(rule.name).inserted else { throw .ruleRepeated(rule.name) }
            guard named[rule.policyName] != nil else { throw .policyUnknown(rule.policyName, rule: rule.name) }
        }
        self.policies = named
        self.rules = rules.sorted { $0.precedes($1) }
    }

    /// The first rule that matches a new metric; nil where none does. Its policy exists.
    package func rule(for metric: MeterName, of type: ResourceType) -> ArchivePolicyRule? {
        rules.first { $0.matches(metric, of: type) }
    }

    /// The policy for a new metric: that of the first rule that matches; nil where none does.
    package func policy(for metric: MeterName, of type: ResourceType) -> ArchivePolicy? {
        rule(for: metric, of: type).flatMap { policies[$0.policyName] }
    }
}

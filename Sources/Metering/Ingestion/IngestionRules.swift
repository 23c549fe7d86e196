package import Aggregation
import MetricStore
package import Notifications
package import Postgres
import Synchronization
import Telemetry

/// What an operator's files say about messages: how notifications are read, and which archive policy a metric gets.
package struct IngestionRules: Sendable {
    package let converter: Converter
    package let resources: ResourceCatalogue
    package let policies: ArchivePolicyCatalogue
    /// What the files hold that is accepted and yet without effect, for the operator to know.
    package let remarks: [String]

    package init(
        converter: Converter, resources: ResourceCatalogue, policies: ArchivePolicyCatalogue, remarks: [String] = []
    ) {
        self.converter = converter
        self.resources = resources
        self.policies = policies
        self.remarks = remarks
    }

    /// Stores the archive policies, so that metrics can refer to them; to be called before the rules are put in force.
    ///
    /// - Throws: `ArchivePolicyConflict` where a stored one has another shape.
    package func registerPolicies(in pool: Pool) async throws {
        let policies = policies.policies.values
        try await pool.transaction { try ArchivePolicyStore().register(policies, in: $0) }
    }

    /// The archive policy of a new metric: that of the first rule that matches; but before a rule for all metrics (`*`) comes the
    /// policy that the resource definitions name for the meter, for so Ceilometer's users choose it. At last their default.
    ///
    /// Nil where none of these names a policy that exists: such samples are not stored, and counted.
    func policyName(of meter: MeterName, ofResourceType type: ResourceType) -> String? {
        let rule = policies.rule(for: meter, of: type)
        if let rule, !rule.matchesEverything { return rule.policyName }
        let place = resources.place(of: meter)
        if place.namesPolicy, policies.policies[place.archivePolicy] != nil { return place.archivePolicy }
        if let rule { return rule.policyName }
        return policies.policies[place.archivePolicy] == nil ? nil : place.archivePolicy
    }
}

/// The rules in force.
///
/// A reload swaps them between two batches.
package final class CurrentRules: Sendable {
    private struct State {
        var rules: IngestionRules
        var generation = 0
    }

    private let state: Mutex<State>

    package init(_ rules: IngestionRules) { state = Mutex(State(rules: rules)) }

    package var value: IngestionRules { state.withLock { $0.rules } }

    /// Rises with each replacement.
    var generation: Int { state.withLock { $0.generation } }

    package func replace(by rules: IngestionRules) {
        state.withLock { $0 = State(rules: rules, generation: $0.generation + 1) }
    }
}

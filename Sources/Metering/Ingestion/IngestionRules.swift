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

    /// The archive policy of a new metric: that of the first rule that matches, else the one that the resource definitions name.
    ///
    /// Nil where neither names one that exists: such samples are not stored, and counted.
    func policyName(of meter: MeterName, ofResourceType type: ResourceType) -> String? {
        if let policy = policies.policy(for: meter, of: type) { return policy.name }
        let name = resources.place(of: meter).archivePolicy
        return policies.policies[name] == nil ? nil : name
    }
}

/// The rules in force.
///
/// A reload swaps them between two batches.
package final class CurrentRules: Sendable {
    private let rules: Mutex<IngestionRules>

    package init(_ rules: IngestionRules) { self.rules = Mutex(rules) }

    package var value: IngestionRules { rules.withLock { $0 } }

    package func replace(by rules: IngestionRules) { self.rules.withLock { $0 = rules } }
}

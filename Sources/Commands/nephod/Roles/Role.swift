import ArgumentParser

/// A part of the work that a process can do alone or together with others.
enum Role: String, CaseIterable, Sendable {
    case collector, ingestion, compaction, api, alarming, weighing

    var purpose: String {
        switch self {
        case .collector: "polls this host and its hypervisor"
        case .ingestion: "stores samples and notifications from Kafka"
        case .compaction: "packs what is stored and drops what is past its time"
        case .api: "answers HTTP"
        case .alarming: "notices silence and calls webhooks"
        case .weighing: "publishes host loads for the scheduler"
        }
    }

    /// Whether the role works on the database.
    var needsDatabase: Bool {
        switch self {
        case .ingestion, .compaction, .api, .alarming: true
        case .collector, .weighing: false
        }
    }

    /// The roles that names stand for; `all` is every one.
    static func set(of names: [String]) throws -> Set<Role> {
        if names.contains("all") {
            guard names.count == 1 else { throw ValidationError("all stands alone.") }
            return Set(allCases)
        }
        var roles: Set<Role> = []
        for name in names {
            guard let role = Role(rawValue: name) else {
                let known = allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no role \(name); there are \(known), and all.")
            }
            roles.insert(role)
        }
        return roles
    }
}

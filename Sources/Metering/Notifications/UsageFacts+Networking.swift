import JSON
import Telemetry
import Usage

/// What Neutron makes notifications of that is billed by its existence, by the first word of the event type.
enum NetworkingKind: String {
    case floatingip, port, router, network, loadbalancer

    var resourceType: ResourceType {
        switch self {
        case .floatingip: .floatingIP
        case .port: .port
        case .router: .router
        case .network: .network
        case .loadbalancer: .loadBalancer
        }
    }

    fileprivate var typeKey: String? {
        switch self {
        case .floatingip: "floating_network_id"
        case .port: "device_owner"
        case .router, .network, .loadbalancer: nil
        }
    }
}

/// Neutron's notifications, those of its `neutron-usage-audit`, and Octavia's.
extension UsageNotice {
    /// The facts in the ends of requests and in audits; the starts carry requests, not resources.
    func networkingFacts(_ kind: NetworkingKind) -> [UsageFact] {
        guard let phase = ExistencePhase(operation) else { return [] }
        if let resources = payload[kind.rawValue + "s"], resources.kind == .array {
            return resources.elements.compactMap { networkingFact(kind, phase, body: $0) }
        }
        return networkingFact(kind, phase, body: payload[kind.rawValue]).map { [$0] } ?? []
    }

    /// A deletion may carry nothing but the id.
    private func networkingFact(_ kind: NetworkingKind, _ phase: ExistencePhase, body: JSONNode?) -> UsageFact? {
        guard let id = body.flatMap({ text("id", in: $0) }) ?? text(kind.rawValue + "_id") else { return nil }
        return existenceFact(kind.resourceType, id, phase, body: body, typeKey: kind.typeKey)
    }

    /// Octavia's `octavia.loadbalancer.*`, whose payload is the load balancer itself.
    var loadBalancerFact: UsageFact? {
        guard let phase = ExistencePhase(operation), let id = text("loadbalancer_id") ?? text("id") else { return nil }
        return existenceFact(.loadBalancer, id, phase, body: payload, typeKey: nil)
    }

    private func existenceFact(
        _ type: ResourceType, _ id: String, _ phase: ExistencePhase, body: JSONNode?, typeKey: String?
    ) -> UsageFact {
        let created = body.flatMap { time("created_at", in: $0) }
        let isGone = phase == .delete
        return fact(
            type, id, standing: phase.standing, isLandmark: phase == .create || isGone,
            start: (created ?? (isGone ? nil : generated)).map { .stated($0) }, end: isGone ? .noticed(generated) : nil,
            changed: isGone ? nil : body.flatMap { time("updated_at", in: $0) },
            attributes: body.map { attributes(of: $0, isGone: isGone, typeKey: typeKey) } ?? UsageAttributes())
    }

    private func attributes(of body: JSONNode, isGone: Bool, typeKey: String?) -> UsageAttributes {
        let project = text("project_id", in: body) ?? text("tenant_id", in: body)
        let status = text("status", in: body) ?? text("operating_status", in: body)
        return UsageAttributes(
            state: isGone ? nil : status.map { ResourceState($0) }, projectID: project.map { ProjectID($0) },
            type: typeKey.flatMap { text($0, in: body) })
    }
}

/// The notifications that tell of a resource's existence.
private enum ExistencePhase {
    case create, update, delete, exists

    init?(_ operation: Substring) {
        switch operation {
        case "create.end": self = .create
        case "update.end": self = .update
        case "delete.end": self = .delete
        case "exists": self = .exists
        default: return nil
        }
    }

    var standing: UsageFact.Standing {
        switch self {
        case .create, .update: .observation
        case .delete: .report
        case .exists: .audit
        }
    }
}

import Collector
import Libvirt
import Synchronization

/// A hypervisor that does what a test tells it: domains with counters, some of which hang.
final class ScriptedHypervisor: DomainSource {
    private let state = Mutex(State())
    private let stream: AsyncStream<DomainEvent>
    private let continuation: AsyncStream<DomainEvent>.Continuation

    private struct State {
        var domains: [DomainID] = []
        var hanging: Set<DomainID> = []
        var isReachable = true
        var requests: [DomainRequest] = []
        var cpuTime: UInt64 = 0
        var answeredInPart: [DomainID: Int] = [:]
        var calls = 0
        var callsAtATime = 0
        var received: [DomainID: UInt64] = [:]
        var states: [DomainID: (state: DomainState, reason: Int32)] = [:]
        var held: [CheckedContinuation<Void, Never>] = []
        var holds: Set<DomainID> = []
    }

    struct Unreachable: Error {}

    init(_ domains: [DomainID]) {
        (stream, continuation) = AsyncStream.makeStream(of: DomainEvent.self)
        state.withLock { $0.domains = domains }
    }

    /// What was asked for, from the first.
    var requests: [DomainRequest] { state.withLock { $0.requests } }

    let abandonedConnections = 0

    var callsUnderWay: Int { state.withLock { $0.calls } }

    /// The most calls that were under way together.
    var callsAtATime: Int { state.withLock { $0.callsAtATime } }

    /// Leaves out the counters of these domains in so many answers.
    func answerInPart(_ domains: Set<DomainID>, times: Int) {
        state.withLock { state in
            for domain in domains { state.answeredInPart[domain] = times }
        }
    }

    func hang(_ domains: Set<DomainID>) { state.withLock { $0.hanging = domains } }
    func setReachable(_ isReachable: Bool) { state.withLock { $0.isReachable = isReachable } }
    func setDomains(_ domains: [DomainID]) { state.withLock { $0.domains = domains } }
    func forgetRequests() { state.withLock { $0.requests = [] } }

    /// Gives a domain an interface that received so many bytes.
    func receive(_ bytes: UInt64, _ domain: DomainID) { state.withLock { $0.received[domain] = bytes } }

    /// Puts a domain in a state other than running.
    func setState(_ domainState: DomainState, reason: UInt32, of domain: DomainID) {
        state.withLock { $0.states[domain] = (domainState, Int32(reason)) }
    }

    /// Keeps calls about these domains waiting until others are held, or none.
    func hold(_ domains: Set<DomainID>) {
        let held = state.withLock { state in
            state.holds = domains
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func happens(_ kind: DomainEvent.Kind, to domain: DomainID) {
        continuation.yield(DomainEvent(domain: DomainSummary(id: domain, name: domain.text), kind: kind))
    }

    func domains(within deadline: Duration) async throws -> [DomainSummary] {
        try state.withLock { state in
            guard state.isReachable else { throw Unreachable() }
            return state.domains.map { DomainSummary(id: $0, name: $0.text) }
        }
    }

    /// A call with a domain that hangs ends at once in what the real one ends in after its deadline.
    func read(_ request: DomainRequest, within deadline: Duration) async throws -> DomainAnswer {
        state.withLock { state in
            state.calls += 1
            state.callsAtATime = max(state.callsAtATime, state.calls)
        }
        await Task.yield()
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard !state.holds.isDisjoint(with: request.domains) else { return true }
                state.held.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { state.withLock { $0.calls -= 1 } }
        return try state.withLock { state in
            state.requests.append(request)
            guard state.hanging.isDisjoint(with: request.domains) else {
                throw HypervisorError.deadlineExceeded(deadline)
            }
            state.cpuTime += 1
            var answer = DomainAnswer(statistics: [])
            for id in request.domains {
                guard state.domains.contains(id) else {
                    answer.failures[id] = .unreadable(
                        LibvirtError(
                            code: .noDomain, domain: .domain, level: .error, message: "gone", operation: "read"))
                    continue
                }
                var statistics = DomainStatistics(domain: DomainSummary(id: id, name: id.text))
                let (domainState, reason) = state.states[id] ?? (.running, 1)
                (statistics.state, statistics.stateReason) = (domainState, reason)
                if let bytes = state.received[id] {
                    var interface = DomainStatistics.Interface()
                    interface.name = "tap"
                    (interface.received.bytes, interface.sent.bytes) = (bytes, 0)
                    statistics.interfaces = [interface]
                }
                if let times = state.answeredInPart[id], times > 0 {
                    state.answeredInPart[id] = times - 1
                } else {
                    statistics.cpu.time = state.cpuTime
                }
                answer.statistics.append(statistics)
            }
            answer.descriptions = try request.domains.filter { request.described.contains($0) }.map { id in
                try DomainDescription(xml: "<domain><name>\(id)</name><uuid>\(id)</uuid></domain>")
            }
            return answer
        }
    }

    func events(within deadline: Duration) async throws -> AsyncStream<DomainEvent> {
        stream
    }
}

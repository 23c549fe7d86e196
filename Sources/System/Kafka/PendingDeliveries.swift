import Synchronization

/// The messages that are not yet acknowledged, and who waits for them.
///
/// Part of a producer's state, under its lock.
struct PendingDeliveries {
    private var tickets: [UInt: Ticket] = [:]
    private var nextTicket: UInt = 1
    private var flushes: [Flush] = []

    private struct Ticket {
        let send: PendingSend
        let index: Int
    }

    private struct Flush {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Int, Never>
    }

    /// How many messages are queued or in flight.
    var count: Int { tickets.count }

    /// A number for a message that is about to be handed to librdkafka; never zero, which would be a null pointer.
    mutating func admit(_ send: PendingSend, _ index: Int) -> UInt {
        let ticket = nextTicket
        nextTicket += 1
        tickets[ticket] = Ticket(send: send, index: index)
        return ticket
    }

    /// Notes what became of a message; returns what to do once the lock is released.
    mutating func settle(_ ticket: UInt, _ result: DeliveryResult) -> PendingSend? {
        guard let ticket = tickets.removeValue(forKey: ticket) else { return nil }
        return ticket.send.settle(ticket.index, result) ? ticket.send : nil
    }

    mutating func wait(_ continuation: CheckedContinuation<Int, Never>, until deadline: ContinuousClock.Instant) {
        flushes.append(Flush(deadline: deadline, continuation: continuation))
    }

    /// The flushes that are over, because nothing is outstanding or their time is up.
    mutating func finishedFlushes(at now: ContinuousClock.Instant) -> [CheckedContinuation<Int, Never>] {
        guard !flushes.isEmpty else { return [] }
        let isEmpty = tickets.isEmpty
        let finished = flushes.filter { isEmpty || $0.deadline <= now }
        flushes.removeAll { isEmpty || $0.deadline <= now }
        return finished.map(\.continuation)
    }

    /// When the next flush gives up.
    var nextDeadline: ContinuousClock.Instant? { flushes.map(\.deadline).min() }
}

/// One call of `send`: the results so far, and the caller who waits for all of them.
final class PendingSend: Sendable {
    private let state: Mutex<State>

    private struct State {
        var results: [DeliveryResult?]
        var remaining: Int
        var isGivenUp = false
        var waiter: CheckedContinuation<[DeliveryResult], Never>?
    }

    init(count: Int) {
        state = Mutex(State(results: Array(repeating: nil, count: count), remaining: count))
    }

    /// Takes the caller who waits; to be called once, before a message is handed over.
    ///
    /// False where the caller gave up before, and is answered so.
    func wait(_ continuation: CheckedContinuation<[DeliveryResult], Never>) -> Bool {
        let isGivenUp = state.withLock { state in
            if !state.isGivenUp { state.waiter = continuation }
            return state.isGivenUp
        }
        if isGivenUp { continuation.resume(returning: answer()) }
        return !isGivenUp
    }

    /// Answers the caller with what is known; the rest was interrupted.
    func giveUp() {
        let waiter = state.withLock { state in
            state.isGivenUp = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: answer())
    }

    /// Notes one result; true for the last one.
    func settle(_ index: Int, _ result: DeliveryResult) -> Bool {
        state.withLock { state in
            precondition(state.results[index] == nil, "librdkafka reports each message once")
            state.results[index] = result
            state.remaining -= 1
            return state.remaining == 0
        }
    }

    /// Answers the caller, unless it has given up.
    ///
    /// To be called once, after the last `settle`.
    func resume() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: answer())
    }

    private func answer() -> [DeliveryResult] {
        state.withLock { state in
            state.results.map { $0 ?? .failure(KafkaError(code: .interrupted, operation: "produce")) }
        }
    }
}

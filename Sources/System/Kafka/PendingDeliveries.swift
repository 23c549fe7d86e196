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
    private let continuation: CheckedContinuation<[DeliveryResult], Never>

    private struct State {
        var results: [DeliveryResult?]
        var remaining: Int
    }

    init(count: Int, _ continuation: CheckedContinuation<[DeliveryResult], Never>) {
        state = Mutex(State(results: Array(repeating: nil, count: count), remaining: count))
        self.continuation = continuation
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

    /// Answers the caller.
    ///
    /// To be called once, after the last `settle`.
    func resume() {
        continuation.resume(returning: state.withLock { $0.results.compactMap { $0 } })
    }
}

/// The book-keeping of a pool: who may take or open a session, who waits, in order of arrival.
///
/// Decides only; the pool acts.
struct PoolState {
    typealias Waiter = CheckedContinuation<Grant, any Error>

    /// What a caller was given.
    enum Grant {
        case session(Session)
        /// Leave to open a new session; it counts as in use from now on.
        case opening
    }

    private let sizeLimit: Int
    /// Used last, taken first: so that what is not needed stays idle.
    private var idle: [Session] = []
    private var inUse: [ObjectIdentifier: Session] = [:]
    /// Sessions that are being opened.
    private var openingCount = 0
    private var waiters: [(id: UInt64, continuation: Waiter)] = []
    private var closers: [CheckedContinuation<Void, Never>] = []
    private var lastWaiterID: UInt64 = 0
    private(set) var isClosed = false

    init(sizeLimit: Int) { self.sizeLimit = sizeLimit }

    var occupancy: PoolOccupancy {
        PoolOccupancy(idle: idle.count, inUse: inUse.count + openingCount, waiting: waiters.count)
    }

    private var isEmpty: Bool { inUse.isEmpty && openingCount == 0 }

    // MARK: Taking

    /// A session or the leave to open one, where either is to be had at once.
    mutating func takeNow() throws(PoolError) -> Grant? {
        guard !isClosed else { throw .closed }
        if let session = idle.popLast() {
            inUse[ObjectIdentifier(session)] = session
            return .session(session)
        }
        guard inUse.count + openingCount < sizeLimit else { return nil }
        openingCount += 1
        return .opening
    }

    mutating func nextWaiterID() -> UInt64 {
        lastWaiterID += 1
        return lastWaiterID
    }

    mutating func wait(_ id: UInt64, _ continuation: Waiter) {
        waiters.append((id, continuation))
    }

    /// Takes a waiter out of the queue; nil where it has been served.
    mutating func removeWaiter(_ id: UInt64) -> Waiter? {
        waiters.firstIndex { $0.id == id }.map { waiters.remove(at: $0).continuation }
    }

    // MARK: Giving back. Each returns what the pool has to do once it has let go of the lock.

    /// The session that was being opened is there.
    mutating func opened(_ session: Session) {
        openingCount -= 1
        inUse[ObjectIdentifier(session)] = session
    }

    /// The session could not be opened; the leave goes to the next one who waits.
    mutating func openingFailed() -> Handover {
        openingCount -= 1
        return passOnOpening()
    }

    /// A session comes back in order; nil where the pool is closed, so that it is to be closed and discarded.
    mutating func giveBack(_ session: Session) -> Handover? {
        if isClosed { return nil }
        guard let waiter = waiters.isEmpty ? nil : waiters.removeFirst().continuation else {
            inUse[ObjectIdentifier(session)] = nil
            idle.append(session)
            return Handover()
        }
        return Handover(waiter: (waiter, .session(session)))
    }

    /// A session is not to be used again.
    mutating func discard(_ session: Session) -> Handover {
        inUse[ObjectIdentifier(session)] = nil
        return passOnOpening()
    }

    private mutating func passOnOpening() -> Handover {
        if isClosed {
            defer { if isEmpty { closers = [] } }
            return Handover(closers: isEmpty ? closers : [])
        }
        guard !waiters.isEmpty else { return Handover() }
        openingCount += 1
        return Handover(waiter: (waiters.removeFirst().continuation, .opening))
    }

    // MARK: Closing

    /// Refuses newcomers from now on.
    ///
    /// Returns the sessions that are idle and those who wait.
    mutating func close() -> (idle: [Session], waiters: [Waiter]) {
        isClosed = true
        defer {
            idle = []
            waiters = []
        }
        return (idle, waiters.map(\.continuation))
    }

    /// Registers one who waits until all sessions are back; false where they are.
    mutating func waitUntilEmpty(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        if isEmpty { return false }
        closers.append(continuation)
        return true
    }

    var sessionsInUse: [Session] { Array(inUse.values) }

    /// Continuations to resume outside of the lock.
    struct Handover {
        var waiter: (Waiter, Grant)?
        var closers: [CheckedContinuation<Void, Never>] = []

        func perform() {
            if let (continuation, grant) = waiter { continuation.resume(returning: grant) }
            for closer in closers { closer.resume() }
        }
    }
}

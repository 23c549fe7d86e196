import Glibc
import Synchronization
import TestKit
import Testing
import Threading

/// An actor on its own thread.
private actor Counter {
    private let executor: ThreadExecutor
    private var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(name: String) throws {
        executor = try ThreadExecutor(name: name)
    }

    deinit { executor.shutdown() }

    func add(_ amount: Int) -> Int {
        count += amount
        return count
    }

    func threadName() -> String {
        guard let file = fopen("/proc/thread-self/comm", "r") else { return "" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        fgets(&line, Int32(line.count), file)
        return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func thread() -> UInt { UInt(pthread_self()) }

    /// Blocks the thread until as many have come to the meeting, or gives up; true where all have met.
    func block(until meeting: Meeting) -> Bool { meeting.attend() }

    nonisolated func countWhereAssumed() -> Int { assumeIsolated { $0.count } }

    func assumedCount() -> Int { countWhereAssumed() }
}

/// A place where threads block until a number of them has come.
private final class Meeting: Sendable {
    private let expected: Int
    private let arrived = Atomic(0)

    /// Long enough for any machine; it passes only where one who blocks keeps another from coming.
    private static let patience = 120_000

    init(of expected: Int) { self.expected = expected }

    func attend() -> Bool {
        arrived.add(1, ordering: .sequentiallyConsistent)
        for _ in 0..<Self.patience {
            if arrived.load(ordering: .sequentiallyConsistent) == expected { return true }
            usleep(1_000)
        }
        return false
    }
}

@Suite struct ThreadExecutorTests {
    @Test("an actor's work runs on the executor's thread, whose name is cut to what the kernel keeps")
    func namedThread() async throws {
        #expect(try await Counter(name: "session").threadName() == "session")
        #expect(try await Counter(name: "a-name-longer-than-the-kernel-keeps").threadName() == "a-name-longer-t")
    }

    @Test("all calls of one actor share one thread, and two actors have two")
    func oneThreadEach() async throws {
        let first = try Counter(name: "first")
        let second = try Counter(name: "second")
        let thread = await first.thread()
        for _ in 0..<20 {
            #expect(await first.thread() == thread)
        }
        #expect(await second.thread() != thread)
    }

    @Test("calls from many tasks are served one at a time and none is lost")
    func serial() async throws {
        let counter = try Counter(name: "serial")
        let results = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<1_000 { group.addTask { await counter.add(1) } }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(results == Set(1...1_000))
    }

    @Test("blocking actors do not hold up one another, nor the pool of Swift's tasks")
    func blocking() async throws {
        let counters = try (0..<8).map { try Counter(name: "blocking-\($0)") }
        let meeting = Meeting(of: counters.count)
        let met = await withTaskGroup(of: Bool.self) { group in
            for counter in counters { group.addTask { await counter.block(until: meeting) } }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(met, "eight threads that block at once can only meet where none waits for another")
    }

    @Test("the thread is recognised as the actor's isolation")
    func assumedIsolation() async throws {
        let counter = try Counter(name: "assumed")
        _ = await counter.add(3)
        #expect(await counter.assumedCount() == 3)
    }

    @Test("closures run in order after the work that was queued before them, and shutdown lets the queue drain")
    func closures() async throws {
        let executor = try ThreadExecutor(name: "closures")
        let seen = await withCheckedContinuation { continuation in
            let seen = SeenNumbers()
            for number in 0..<100 { executor.perform { seen.append(number) } }
            executor.perform { continuation.resume(returning: seen.numbers) }
            executor.shutdown()
        }
        #expect(seen == Array(0..<100))
    }

    @Test("the thread ends and lets go of the executor after shutdown")
    func released() async throws {
        weak var released: ThreadExecutor?
        do {
            let executor = try ThreadExecutor(name: "short-lived")
            released = executor
            executor.shutdown()
        }
        try await eventually("the thread has ended") { released == nil }
    }
}

private final class SeenNumbers: Sendable {
    private let state = Mutex<[Int]>([])
    func append(_ number: Int) { state.withLock { $0.append(number) } }
    var numbers: [Int] { state.withLock { $0 } }
}

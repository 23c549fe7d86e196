package import HostCounters
package import Logging
import ServiceKit
import Synchronization
package import Telemetry
package import Threading

/// Polls the host's own counters on a thread of its own, without ever waiting for it longer than it is told.
///
/// A file system that hangs blocks whoever reads its size. While a read hangs past its limit, further ones are not begun.
package final class HostReader: Sendable {
    private let executor: ThreadExecutor
    private let pollsters: HostPollsters
    private let reads = Mutex(Reads())
    private let instruments: CollectorInstruments
    private let logger: Logger

    /// Reads are numbered from 1 and end in order.
    private struct Reads {
        var begun = 0
        var ended = 0
        /// The last one that was not waited for.
        var abandoned = 0

        var isHung: Bool { abandoned > ended }
    }

    package init(
        host: HostName, roots: HostRoots, instruments: CollectorInstruments, logger: Logger
    ) throws(ThreadingError) {
        executor = try ThreadExecutor(name: "host-counters")
        pollsters = HostPollsters(host: host, roots: roots, executor: executor)
        self.instruments = instruments
        self.logger = logger
    }

    deinit {
        executor.shutdown()
    }

    /// Reads these meters for a source; what cannot be read gives no reading, is counted, and named once in the log.
    package func poll(
        _ meters: Set<HostMeter>, for sourceName: String, at: Instant, within limit: Duration
    ) async -> [PolledResource] {
        guard !meters.isEmpty else { return [] }
        let number = reads.withLock { reads -> Int? in
            guard !reads.isHung else { return nil }
            reads.begun += 1
            return reads.begun
        }
        guard let number else {
            instruments.failures[.host].add()
            return []
        }
        let (polls, continuation) = AsyncStream.makeStream(of: HostPoll.self)
        executor.perform { [self] in
            let poll = pollsters.assumeIsolated { $0.poll(meters, for: sourceName) }
            reads.withLock { $0.ended = number }
            continuation.yield(poll)
            continuation.finish()
        }
        guard let poll = await first(of: polls, within: limit) else {
            if Task.isCancelled { return [] }
            reads.withLock { $0.abandoned = number }
            instruments.failures[.host].add()
            logger.warning(
                "The host's counters take too long and are left out", metadata: ["source.name": "\(sourceName)"])
            return []
        }
        instruments.failures[.host].add(poll.failures.count)
        for problem in poll.newProblems {
            logger.info("A counter of the host gives no samples", metadata: ["problem": "\(problem)"])
        }
        return poll.resources.map { PolledResource($0, at: at) }
    }

    /// Forgets all sources but these.
    package func keep(sources: Set<String>) {
        executor.perform { [pollsters] in pollsters.assumeIsolated { $0.keep(sources: sources) } }
    }

    private func first(of polls: AsyncStream<HostPoll>, within limit: Duration) async -> HostPoll? {
        await withTaskGroup(of: HostPoll?.self) { group in
            group.addTask {
                for await poll in polls { return poll }
                return nil
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return nil }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

/// The pollsters of all sources: each has its own last counters, against which percentages are computed.
private actor HostPollsters {
    private let executor: ThreadExecutor
    private let host: HostName
    private let roots: HostRoots
    private var entries: [String: Entry] = [:]

    private struct Entry {
        let meters: Set<HostMeter>
        var pollster: HostPollster
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(host: HostName, roots: HostRoots, executor: ThreadExecutor) {
        self.host = host
        self.roots = roots
        self.executor = executor
    }

    func keep(sources: Set<String>) {
        entries = entries.filter { sources.contains($0.key) }
    }

    func poll(_ meters: Set<HostMeter>, for sourceName: String) -> HostPoll {
        var entry =
            entries[sourceName].flatMap { $0.meters == meters ? $0 : nil }
            ?? Entry(meters: meters, pollster: HostPollster(host: host, meters: meters, roots: roots))
        defer { entries[sourceName] = entry }
        return entry.pollster.poll()
    }
}

extension PolledResource {
    init(_ resource: HostResource, at: Instant) {
        self.init(
            id: resource.id, type: ResourceType(resource.type.rawValue), attributes: resource.attributes,
            readings: resource.readings.map { reading in
                let definition = reading.meter.definition
                let meter = BatchMeter(name: reading.meter.name, kind: definition.kind, unit: definition.unit)
                return PolledReading(meter, reading.value, at: at)
            })
    }
}

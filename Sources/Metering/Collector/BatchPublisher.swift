package import Logging
package import ServiceKit
package import Telemetry
package import Threading

/// Takes what polls read, keeps it in the spool, and sends it in order.
///
/// Every batch goes through the spool, so that one that a poll returned survives a crash, and a broker that is away changes
/// nothing but how long batches stay there. Lives on a thread of its own, because the spool's calls block.
package actor BatchPublisher {
    private let executor: ThreadExecutor
    private let host: HostName
    private let directory: String
    private let limits: SpoolLimits
    private let sink: any BatchSink
    private let wallClock: WallClock
    private let sleep: @Sendable (Duration) async throws -> Void
    private let instruments: CollectorInstruments
    private let logger: Logger

    private var spool: Spool?
    private var packing: BatchPacking?
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation
    private var isBrokerAway = false
    private var isDiskRefusing = false
    private var knownDamage = 0

    /// Waits between attempts to send; the longest is short enough for the spool to empty soon after the broker is back.
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(15)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(
        host: HostName, directory: String, limits: SpoolLimits, sink: any BatchSink, clock: some Clock<Duration>,
        wallClock: WallClock, instruments: CollectorInstruments, logger: Logger
    ) throws(ThreadingError) {
        executor = try ThreadExecutor(name: "spool")
        self.host = host
        self.directory = directory
        self.limits = limits
        self.sink = sink
        self.wallClock = wallClock
        self.sleep = { try await clock.sleep(for: $0) }
        self.instruments = instruments
        self.logger = logger
        (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    deinit {
        executor.shutdown()
    }

    /// Opens the spool and begins a new incarnation; to be called before anything else.
    package func open() throws(SpoolError) {
        let spool = try Spool.open(directory, limits: limits)
        packing = BatchPacking(host: host, epoch: try spool.nextEpoch(at: wallClock.now))
        self.spool = spool
        if spool.recovered.records > 0 {
            logger.notice(
                "Batches of an earlier run are sent first", metadata: ["batches.count": "\(spool.recovered.records)"])
        }
        measure(spool)
        arrival.yield()
    }

    /// Keeps what a poll read until it is sent.
    package func publish(_ poll: BatchPacking.Poll) {
        guard let spool else { preconditionFailure("a publisher is opened before it is used") }
        for batch in packing?.batches(poll) ?? [] {
            instruments.samplesRead.add(batch.sampleCount)
            let appended = spool.append(batch.encode())
            for record in appended.dropped { countDropped(record, reason: appended.failure == nil ? "quota" : "disk") }
            note(diskFailure: appended.failure)
        }
        measure(spool)
        arrival.yield()
    }

    /// Forgets all sources but these.
    package func keep(sources: Set<String>) {
        packing?.keep(sources: sources)
    }

    /// Sends what the spool holds, now and whenever something is added, until the task is cancelled.
    package func run() async {
        for await _ in arrivals {
            while await sendFirst() {}
        }
    }

    /// Sends what is left, but no longer than `limit`; the rest stays in the spool for the next run.
    package func finish(within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { while await self.sendFirst() {} }
            group.addTask { do { try await self.sleep(limit) } catch {} }
            await group.next()
            group.cancelAll()
        }
        await sink.close()
    }

    /// How many batches wait.
    package var backlog: Int { spool?.count ?? 0 }

    /// Sends the oldest batch until it is acknowledged or refused; false where there is none or the task is cancelled.
    private func sendFirst() async -> Bool {
        var pause = Self.firstPause
        while !Task.isCancelled, let record = oldest() {
            switch await sink.send(record, key: Array(host.text.utf8)) {
            case .acknowledged:
                if isBrokerAway {
                    logger.notice("The broker takes batches again", metadata: ["spool.batches": "\(backlog)"])
                }
                isBrokerAway = false
                countSent(record)
                remove(record)
                return true
            case .refused(let error):
                instruments.sendFailures[.dropped].add()
                countDropped(record, reason: "refused")
                logger.error("The broker refuses a batch for good", error: error, metadata: [:])
                remove(record)
                return true
            case .failed where Task.isCancelled:
                // What has not been acknowledged stays in the spool.
                return false
            case .failed(let error):
                instruments.sendFailures[.retried].add()
                if !isBrokerAway {
                    logger.warning("Batches cannot be sent and wait in the spool", error: error, metadata: [:])
                }
                isBrokerAway = true
                do { try await sleep(pause) } catch { return false }
                pause = min(pause * 2, Self.longestPause)
            }
        }
        return false
    }
}

// MARK: - The spool

extension BatchPublisher {
    private func oldest() -> [UInt8]? {
        guard let spool else { return nil }
        do throws(SpoolError) {
            let record = try spool.first()
            note(damage: spool.damagedBytes)
            return record
        } catch {
            logger.error("The spool cannot be read", error: error, metadata: [:])
            return nil
        }
    }

    /// Removes a record that was sent, unless it was dropped for the quota meanwhile.
    private func remove(_ record: [UInt8]) {
        guard let spool else { return }
        do throws(SpoolError) {
            if try spool.first() == record { try spool.removeFirst() }
        } catch {
            logger.warning("What was sent could not be removed from the spool", error: error, metadata: [:])
        }
        measure(spool)
    }

    private func measure(_ spool: Spool) {
        instruments.spoolBytes.set(spool.size)
        instruments.spoolBatches.set(spool.count)
        note(damage: spool.damagedBytes)
    }

    private func note(damage: Int) {
        guard damage > knownDamage else { return }
        logger.error(
            "Part of the spool is damaged and was passed over",
            metadata: ["spool.directory": "\(directory)", "damaged.bytes": "\(damage - knownDamage)"])
        instruments.spoolDamage.add(damage - knownDamage)
        knownDamage = damage
    }

    private func note(diskFailure: SpoolError?) {
        if let diskFailure {
            instruments.spoolWriteFailures.add()
            if !isDiskRefusing {
                logger.error("The spool's disk refuses batches; they wait in memory", error: diskFailure, metadata: [:])
            }
        } else if isDiskRefusing {
            logger.notice("The spool's disk takes batches again")
        }
        isDiskRefusing = diskFailure != nil
    }

    private func countSent(_ record: [UInt8]) {
        instruments.batchesSent.add()
        if let batch = decoded(record) { instruments.samplesSent.add(batch.sampleCount) }
    }

    private func countDropped(_ record: [UInt8], reason: String) {
        guard let batch = decoded(record) else { return }
        var counts: [Int: Int] = [:]
        for resource in batch.resources {
            for reading in resource.readings { counts[reading.meter, default: 0] += 1 }
        }
        for (meter, count) in counts { instruments.samplesDropped.add(count, batch.meters[meter].name.text, reason) }
    }

    /// A batch of the spool; nil for one of a version that this release does not know, left by a newer one.
    private func decoded(_ record: [UInt8]) -> SampleBatch? {
        record.withUnsafeBytes { bytes in
            do throws(WireError) {
                return try SampleBatch(decoding: bytes)
            } catch {
                logger.warning("A batch of the spool could not be read for counting", error: error, metadata: [:])
                return nil
            }
        }
    }
}

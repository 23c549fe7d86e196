import Kafka
import Logging
import ServiceKit
import ServiceLifecycle
import Telemetry

/// One member of the consumer group: reads batches and stores each before it reads the next.
///
/// The offsets of its partitions live in the database; what is remembered of them here is what the last transaction wrote.
/// The protocol is in `docs/specs/exactly-once.md`.
struct IngestionWorker {
    let consumer: Consumer
    let store: IngestStore
    let office: DeadLetterOffice
    let settings: IngestionSettings
    let rules: CurrentRules
    let instruments: IngestionInstruments
    let afterCommit: [AfterCommit]
    let logger: Logger

    private var assignment: Assignment?
    /// The stored offset of each partition; partitions without a row are missing.
    private var offsets: [TopicPartition: Int64] = [:]
    private var view: WorkerView

    init(
        consumer: Consumer, store: IngestStore, office: DeadLetterOffice, settings: IngestionSettings,
        rules: CurrentRules,
        instruments: IngestionInstruments, afterCommit: [AfterCommit], logger: Logger
    ) {
        self.consumer = consumer
        self.store = store
        self.office = office
        self.settings = settings
        self.rules = rules
        self.instruments = instruments
        self.afterCommit = afterCommit
        self.logger = logger
        view = WorkerView(instruments: instruments)
    }

    /// Reads and stores until the service is asked to stop, then leaves the group.
    ///
    /// - Throws: what makes it impossible to go on; a batch in hand is then not stored and will be read again.
    mutating func run() async throws {
        do {
            try await consumer.subscribe(settings.topics)
            while !Task.isShuttingDownGracefully {
                try Task.checkCancellation()
                try await step()
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // The wait before another attempt was ended by the stop; the batch will be read again.
            await consumer.close()
            return
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }

    private mutating func step() async throws {
        let conversion = MessageConversion(
            rules: rules.value, samplesTopic: settings.samplesTopic, instruments: instruments)
        switch try await consumer.poll(settings.poll, { conversion.convert($0) }) {
        case .messages(let batch):
            view.clearTroubles()
            try await take(batch)
        case .assigned(let assignment):
            self.assignment = assignment
            try await resume()
        case .revoked(let partitions, _):
            view.forget(partitions)
            assignment = nil
            offsets = [:]
        case .failed(let error):
            try await meet(error)
        case .nothing:
            break
        }
        await view.showLag(of: consumer, assignment, offsets)
    }

    // MARK: Partitions

    /// Asks the store where to read on, and reads from there.
    ///
    /// A partition that nobody has read begins with its oldest message.
    private mutating func resume() async throws {
        guard let assignment else { return }
        var backoff = Backoff()
        while true {
            do {
                offsets = try await store.nextOffsets(of: assignment.partitions)
                break
            } catch {
                guard StoreFailure(error).mayPass else { throw error }
                try await wait(backoff.next(), because: error)
            }
        }
        try await read(assignment, except: nil)
    }

    /// Begins to read each partition at its stored offset; `reset` at its oldest message instead.
    private func read(_ assignment: Assignment, except reset: TopicPartition?) async throws {
        var starts: [TopicPartition: StartOffset] = [:]
        for partition in assignment.partitions {
            let stored = partition == reset ? nil : offsets[partition]
            starts[partition] = stored.map(StartOffset.at) ?? .earliest
        }
        // False where the group has moved on; the next poll says so.
        _ = try await consumer.start(assignment, at: starts)
    }

    private mutating func meet(_ error: KafkaError) async throws {
        instruments.consumerErrors.add()
        if error.isFatal { throw error }
        guard error.code == .offsetOutOfRange, let partition = error.partition, let assignment else {
            if view.isNewTrouble(error.code) {
                logger.warning("Kafka has a problem", metadata: ["kafka.error": "\(error)"])
            }
            return
        }
        logger.error(
            "The stored offset is not on the broker, reading from the oldest message",
            metadata: ["kafka.partition": "\(partition)", "kafka.offset": "\(offsets[partition] ?? -1)"])
        view.expectGap(in: partition)
        try await read(assignment, except: partition)
    }

    // MARK: Batches

    /// Stores a batch, in parts where the database refuses the whole.
    private mutating func take(_ batch: IngestBatch) async throws {
        instruments.inHand.add(Double(batch.messages.count))
        defer { instruments.inHand.add(-Double(batch.messages.count)) }
        view.countGaps(before: batch, offsets)
        var parts = [batch]
        while let part = parts.popLast() {
            switch try await persist(part) {
            case .stored: break
            case .refused(let first, let second): parts += [second, first]
            case .dropped: return try await resume()
            }
        }
    }

    private enum Persisted {
        case stored
        /// To be stored one after the other.
        case refused(IngestBatch, IngestBatch)
        /// It will be read again, unless it was stored already.
        case dropped
    }

    private mutating func persist(_ batch: IngestBatch) async throws -> Persisted {
        var batch = batch
        var backoff = Backoff()
        var refusals = 0
        while true {
            do {
                try await deliverDeadLetters(of: &batch)
                let start = ContinuousClock.now
                let stored = try await store.store(batch, from: offsets)
                await commit(batch, stored, in: start.duration(to: .now))
                return .stored
            } catch {
                switch StoreFailure(error) {
                case .zombie(let conflict):
                    instruments.transactions[.zombie].add()
                    logger.warning("Another reader has moved the offset", metadata: ["kafka.offset": "\(conflict)"])
                    return .dropped
                case .outcomeUnknown:
                    instruments.transactions[.unknown].add()
                    return .dropped
                case .conflicting(let places):
                    for place in places {
                        batch.refuse(place, .conflictingDuplicate, "another message was stored under this id")
                    }
                case .refused:
                    instruments.transactions[.refused].add()
                    guard batch.messages.count == 1 else { return .refused(batch.halves.0, batch.halves.1) }
                    refusals += 1
                    // Another transaction that inserts the same at the same moment looks like a refusal, once.
                    guard refusals > 1 else { continue }
                    // A message that stores nothing and is refused all the same: it is not the message.
                    guard batch.refuse(0, .refusedByStore, "\(error)") else { throw error }
                case .passing:
                    instruments.transactions[.retried].add()
                    try await wait(backoff.next(), because: error)
                case .permanent:
                    throw error
                }
            }
        }
    }

    /// Delivers what can't be stored.
    ///
    /// Only after that may the offset pass it.
    private func deliverDeadLetters(of batch: inout IngestBatch) async throws {
        try await office.deliver(batch.undeliveredLetters)
        batch.markDelivered()
    }

    private mutating func commit(_ batch: IngestBatch, _ stored: StoredBatch, in time: Duration) async {
        let next = batch.nextOffsets
        offsets.merge(next) { $1 }
        instruments.transactionTime.observe(time)
        view.count(stored)
        do {
            try await consumer.commit(next)
        } catch {
            // The broker's record is a hint for onlookers; the database has the truth.
            logger.debug("The offset hint was not taken", error: error)
        }
        for tell in afterCommit { await tell(stored) }
    }

    /// Waits between attempts; a stop of the service ends the wait and the attempts.
    ///
    /// The consumer is not polled meanwhile: a member that can't store anything for the poll interval is to lose its
    /// partitions to one that can.
    private func wait(_ duration: Duration, because error: any Error) async throws {
        logger.warning("Storing will be tried again", error: error)
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }
}

/// Called after a commit with what was stored, before the next batch is read.
package typealias AfterCommit = @Sendable (StoredBatch) async -> Void

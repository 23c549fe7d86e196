import ArgumentParser
import Foundation
import Kafka
import Logging
import Notifications
import ServiceKit

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send a recorded trace to Kafka, each message to the topic that it was recorded from.",
        discussion: """
            A trace has one JSON object a line: topic, partition, offset, timestamp_ms, key, value; it may be compressed with gzip.
            Messages without a key keep their partition where the topic has it. Topics that are missing are created.
            """)

    enum Rate: String, CaseIterable, ExpressibleByArgument {
        case recorded, full
    }

    @Argument(help: "The trace.", completion: .file())
    var file: String
    @Option(
        help: ArgumentHelp(
            "Brokers to begin with: host:port, separated by commas. (default: $KAFKA_BOOTSTRAP, else \(Self.standardBrokers))",
            valueName: "brokers"))
    var bootstrap: String?
    @Option(help: "recorded keeps the pauses of the recording, full makes none.")
    var rate = Rate.full
    @Option(help: ArgumentHelp("Partitions of topics that are created.", valueName: "count"))
    var partitions = 1
    @Flag(help: "Don't show progress; it is shown only where standard error is a terminal.")
    var quiet = false

    static let standardBrokers = "127.0.0.1:9092"

    func validate() throws {
        guard (1...10_000).contains(partitions) else { throw ValidationError("--partitions is between 1 and 10000.") }
    }

    func run() async throws {
        let named = ProcessEnvironment.variables["KAFKA_BOOTSTRAP"].flatMap { $0.isEmpty ? nil : $0 }
        let client = ClientSettings(bootstrap: bootstrap ?? named ?? Self.standardBrokers, clientID: "nepho-replay")
        let producer = try Producer(ProducerSettings(client: client), logger: Logger(label: "nepho"))
        let replay = Replay(
            producer: producer, topics: ReplayTopics(try Admin(client), partitionsOfNew: partitions),
            keepsPace: rate == .recorded, progress: quiet ? nil : ProgressBar(fileSize: try size()))
        let outcome: Replay.Outcome
        do {
            outcome = try await replay.run(TraceReader(path: file))
        } catch {
            await producer.close(within: .seconds(1))
            throw CommandFailure(.failed, "\(error)")
        }
        await producer.close(within: .seconds(10))
        StandardStream.output.write("\(outcome.sent) messages sent\n")
        if let failure = outcome.firstFailure {
            throw CommandFailure(.failed, "\(outcome.failed) messages were not sent; the first: \(failure)")
        }
    }

    private func size() throws -> Int {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            return (attributes[.size] as? NSNumber)?.intValue ?? 0
        } catch {
            throw CommandFailure(.failed, "\(file): \(error.localizedDescription)")
        }
    }
}

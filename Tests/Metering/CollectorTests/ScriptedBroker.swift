import Collector
import Synchronization
import Telemetry

/// A broker that does what a test tells it, and remembers what it took.
final class ScriptedBroker: BatchSink {
    private let state = Mutex(State())

    private struct State {
        var batches: [SampleBatch] = []
        var attempts = 0
        var answer: Answer = .takes
    }

    enum Answer: Sendable {
        case takes, isAway, refuses
        /// Stores the batch, and its acknowledgement is lost.
        case takesSilently
    }

    struct Away: Error {}

    var batches: [SampleBatch] { state.withLock { $0.batches } }
    var attempts: Int { state.withLock { $0.attempts } }

    func answer(_ answer: Answer) {
        state.withLock { $0.answer = answer }
    }

    func send(_ batch: [UInt8], key: [UInt8]) async -> SendOutcome {
        state.withLock { state in
            state.attempts += 1
            if state.answer == .takes || state.answer == .takesSilently {
                do {
                    state.batches.append(try batch.withUnsafeBytes { try SampleBatch(decoding: $0) })
                } catch {
                    return .refused(error)
                }
            }
            switch state.answer {
            case .takes: return .acknowledged
            case .isAway, .takesSilently: return .failed(Away())
            case .refuses: return .refused(Away())
            }
        }
    }

    func close() async {}
}

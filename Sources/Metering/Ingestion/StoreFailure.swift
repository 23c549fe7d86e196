import Kafka
import MetricStore
import Postgres
import Threading

/// What a worker does about a batch that could not be stored.
enum StoreFailure {
    /// Another reader has the partition: drop the batch and ask the store where to read on.
    case zombie(OffsetConflict)
    /// The commit may or may not have happened: drop the batch and ask the store.
    case outcomeUnknown
    /// These have to be dead-lettered; then the rest can be stored.
    case conflicting(places: [Int])
    /// The data is refused: find out which message it is.
    case refused
    /// The same may work later.
    case passing
    /// Nothing that time or a smaller batch mends: a schema that does not fit, a refused log-in, a program's error.
    case permanent

    /// Whether something that may be done twice is to be tried again.
    var mayPass: Bool {
        switch self {
        case .passing, .outcomeUnknown: true
        case .zombie, .conflicting, .refused, .permanent: false
        }
    }

    init(_ error: any Error) {
        switch error {
        case let conflict as OffsetConflict: self = .zombie(conflict)
        case let conflict as ConflictingMessages: self = .conflicting(places: conflict.places)
        case let error as PostgresError: self.init(error)
        case let error as PoolError: self = error == .closed ? .permanent : .passing
        // The dead-letter topic: whatever a broker says may be mended there, and the partition must wait for it.
        case let error as KafkaError: self = error.isFatal || error.code == .closed ? .permanent : .passing
        case let error as ThreadingError: self = error.isRetriable ? .passing : .permanent
        default: self = .permanent
        }
    }

    private init(_ error: PostgresError) {
        if error.isOutcomeUnknown {
            self = .outcomeUnknown
        } else if error.isRetriable || error.sqlState == .queryCanceled {
            // 57014 is also what the server's statement timeout gives: it was too slow this time.
            self = .passing
        } else if ["22", "23"].contains(error.sqlState.category) {
            // Data exceptions and violated constraints (PostgreSQL 15 manual, appendix A).
            self = .refused
        } else {
            self = error.isFatal ? .passing : .permanent
        }
    }
}

import APIKit
import MetricStore
import Postgres
import Query

extension Fault {
    /// What an error of the stores below means to the client; nil for one that is our own fault, a 500.
    init?(metrics error: any Error) {
        switch error {
        case let error as QueryError: self.init(error)
        case let error as UsageStoreError: self.init(error)
        case let error as PoolError:
            self = .unavailable("the database has no session free", cause: error)
        case let error as PostgresError where error.isRetriable || error.isFatal:
            self = .unavailable("the database can't be reached", cause: error)
        default: return nil
        }
    }

    private init(_ error: QueryError) {
        switch error {
        case .resourceUnknown, .metricUnknown, .granularityUnknown, .methodUnknown: self = .notFound("\(error)")
        case .granularityOutOfRange, .granularityAmbiguous, .intervalEmpty, .limitExceeded:
            self = .badRequest("\(error)")
        case .policyUnknown: self = .unavailable("\(error)", retryAfter: .seconds(1), cause: error)
        }
    }

    private init?(_ error: UsageStoreError) {
        switch error {
        case .tooMany: self = .badRequest("\(error); ask project by project, or for a shorter period")
        case .unreadable: return nil
        }
    }
}

package import ServiceKit

/// What the API tells of itself.
package struct APIInstruments: Sendable {
    let requests: KeyedCounters
    let duration: Histograms<StatusClass>

    /// Routes times statuses; the routes are a closed table, so this is never reached by strangers' paths.
    private static let seriesLimit = 1_000

    package init(in registry: InstrumentRegistry) {
        requests = registry.keyedCounters(
            "api_requests_total", help: "Requests answered, by route and status.",
            labels: ["method", "route", "status"],
            limit: Self.seriesLimit)
        duration = registry.histograms(
            "api_request_duration_seconds", help: "Time from a request's head to its answer.", by: StatusClass.self)
    }

    enum StatusClass: String, InstrumentLabel {
        static let label = "class"
        case success = "2xx"
        case redirection = "3xx"
        case refusal = "4xx"
        case failure = "5xx"

        init(_ status: Int) {
            switch status {
            case ..<300: self = .success
            case ..<400: self = .redirection
            case ..<500: self = .refusal
            default: self = .failure
            }
        }
    }
}

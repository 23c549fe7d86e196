package import APIKit

extension MetricsAPI {
    /// The table of contents: one line per path.
    package var routes: [Route] {
        [
            get("/v1/resource/{type}", listResources),
            get("/v1/resource/{type}/{id}", showResource),
            get("/v1/resource/{type}/{id}/history", listRevisions),
            get("/v1/resource/{type}/{id}/metric", listMetrics),
            get("/v1/resource/{type}/{id}/metric/{name}", showMetric),
            get("/v1/resource/{type}/{id}/metric/{name}/measures", listMeasures),
            get("/v1/metric", listMeters),
            get("/v1/aggregates", listAggregates),
            get("/v1/archive_policy", listArchivePolicies),
            get("/v1/archive_policy/{name}", showArchivePolicy),
            get("/v2/events", listEvents),
            get("/v2/events/{id}", showEvent),
            get("/v2/event_types", listEventTypes),
            get("/v2/event_types/{type}/traits", listTraits),
            get("/v1/usage/report", reportUsage),
            get("/v1/usage/explain/{resource}", explainUsage),
            get("/v1/usage/export", exportBill),
            get("/v1/status", showStatus),
        ]
    }

    /// A route whose errors become faults.
    private func get(
        _ path: String, _ handler: @escaping @Sendable (APIRequest) async throws -> APIResponse
    ) -> Route {
        .get(path) { request in
            do {
                return try await handler(request)
            } catch {
                throw Fault(metrics: error) ?? error
            }
        }
    }
}

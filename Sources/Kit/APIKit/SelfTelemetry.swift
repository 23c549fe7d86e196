package import ServiceKit

extension InstrumentRegistry {
    /// `GET /metrics`: everything that the process tells of itself, in Prometheus' text format 0.0.4.
    ///
    /// Open, as scrapers expect; it holds counts and times, never names of projects or secrets.
    package var route: Route {
        .get("/metrics", access: .open) { [self] _ in
            .text(exposition(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}

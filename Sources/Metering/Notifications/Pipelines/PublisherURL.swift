/// A publisher of a sink, and what this system does with it.
package struct PublisherURL: Hashable, Sendable {
    package let text: String
    package let role: Role

    package enum Role: Hashable, Sendable {
        /// A publisher of Ceilometer's whose place this system's own store takes.
        case store
        /// A publisher that Ceilometer has and this system does not.
        case unsupported
        /// No publisher of either.
        case unknown
    }

    /// `gnocchi` and `notifier` are Ceilometer's defaults, for samples and for events; `panko`, `database` and `direct` were
    /// the defaults of earlier versions.
    private static let storeSchemes: Set<String> = ["nephoscope", "gnocchi", "notifier", "panko", "database", "direct"]
    private static let unsupportedSchemes: Set<String> = [
        "test", "udp", "tcp", "file", "http", "https", "prometheus", "zaqar", "kafka", "opentelemetryhttp",
        "opentelemetryhttps",
    ]

    init(_ text: String) {
        let scheme = text.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        self.text = text
        if Self.storeSchemes.contains(scheme) {
            role = .store
        } else {
            role = Self.unsupportedSchemes.contains(scheme) ? .unsupported : .unknown
        }
    }
}

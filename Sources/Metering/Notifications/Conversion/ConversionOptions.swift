/// What Ceilometer keeps in its configuration file rather than in the definitions.
package struct ConversionOptions: Hashable, Sendable {
    /// Ceilometer's `sample_source`.
    package static let defaultSampleSource = "openstack"

    /// The source that samples made of notifications name.
    package let sampleSource: String
    /// Ceilometer's `drop_unmatched_notifications`: no event for a notification that no definition takes.
    package let dropsUnmatched: Bool
    package let reservedMetadata: ReservedMetadata
    /// Ceilometer's `telemetry_secret`: with one, polled samples must be signed with it; nil accepts any.
    package let telemetrySecret: [UInt8]?
    package let limits: NotificationLimits

    package init(
        sampleSource: String = Self.defaultSampleSource, dropsUnmatched: Bool = false,
        reservedMetadata: ReservedMetadata = .standard, telemetrySecret: [UInt8]? = nil,
        limits: NotificationLimits = NotificationLimits()
    ) {
        self.sampleSource = sampleSource
        self.dropsUnmatched = dropsUnmatched
        self.reservedMetadata = reservedMetadata
        self.telemetrySecret = telemetrySecret
        self.limits = limits
    }
}

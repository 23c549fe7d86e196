internal import Foundation
internal import Telemetry

/// An exponentially weighted mean that takes the time between values into account.
///
/// A value that stands for the time since the last one weighs `1 − e^(−Δt/τ)`: after τ the past weighs about a third, whatever
/// the interval of the values and however irregular they are. The first value counts fully.
struct Smoothed: Hashable, Sendable {
    private(set) var value: Double?
    private var updatedAt: Instant?

    /// Blends in a value; one that is not later than the last is left out.
    mutating func add(_ sample: Double, at instant: Instant, timeConstant: Duration) {
        guard sample.isFinite else { return }
        guard let value, let updatedAt else {
            self.value = sample
            self.updatedAt = instant
            return
        }
        guard instant > updatedAt else { return }
        let weight = 1 - exp(-((instant - updatedAt) / timeConstant))
        self.value = value + weight * (sample - value)
        self.updatedAt = instant
    }
}

package import Telemetry

/// A stretch of a resource's life in which nothing that matters for a bill changed: the half-open time `[from, to)`.
///
/// Both ends are whole seconds, as the services' own databases keep them. The intervals of one resource never overlap.
package struct UsageInterval: Hashable, Sendable {
    package let resourceType: ResourceType
    package let resourceID: ResourceID
    package let from: Instant
    /// Nil while the resource lives on.
    package let to: Instant?
    package let attributes: UsageAttributes
    package let openedBy: MessageID
    /// Nil exactly when `to` is.
    package let closedBy: MessageID?
    /// Whether one of its ends is known only from a periodic audit, because the notification of it never came.
    package let isAudited: Bool

    package init(
        resourceType: ResourceType, resourceID: ResourceID, from: Instant, to: Instant?, attributes: UsageAttributes,
        openedBy: MessageID, closedBy: MessageID?, isAudited: Bool
    ) {
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.from = from
        self.to = to
        self.attributes = attributes
        self.openedBy = openedBy
        self.closedBy = closedBy
        self.isAudited = isAudited
    }

    /// A name that stays the same however often the interval is derived again: `volume/<id>@2026-11-23T19:12:33Z`.
    package var id: String { "\(resourceType)/\(resourceID)@\(from.text)" }

    /// Cuts the interval to a period, by whole seconds.
    ///
    /// - Parameters:
    ///   - period: The period asked for.
    ///   - now: Up to when an interval without an end is known to have lasted.
    /// - Returns: The part that lies in the period; nil where there is none.
    package func clipped(to period: UsagePeriod, now: Instant) -> UsagePeriod? {
        UsagePeriod(from: max(from, period.from), to: min(to ?? now, period.to))
    }
}

/// A half-open time `[from, to)` of whole seconds that is not empty.
package struct UsagePeriod: Hashable, Sendable {
    package let from: Instant
    package let to: Instant

    /// A period between two instants, each cut to its second; nil where nothing is left.
    package init?(from: Instant, to: Instant) {
        guard from.wholeSeconds < to.wholeSeconds else { return nil }
        self.from = from.cutToSecond
        self.to = to.cutToSecond
    }

    /// The length in seconds.
    package var seconds: Int64 { to.wholeSeconds - from.wholeSeconds }
}

extension Instant {
    /// The seconds since 1970, a fraction cut off towards the past.
    package var wholeSeconds: Int64 { cutToSecond.nanoseconds / 1_000_000_000 }

    /// Whether the instant has no fraction of a second.
    package var isWholeSecond: Bool { nanoseconds % 1_000_000_000 == 0 }

    /// The instant at the start of its second; of the very first second of all, which an `Int64` holds in part, the end.
    package var cutToSecond: Instant {
        let fraction = nanoseconds % 1_000_000_000
        let towardsZero = nanoseconds - fraction
        guard fraction < 0 else { return Instant(nanoseconds: towardsZero) }
        let (down, isBelowRange) = towardsZero.subtractingReportingOverflow(1_000_000_000)
        return Instant(nanoseconds: isBelowRange ? towardsZero : down)
    }
}

package import Telemetry
package import Usage

/// The bytes that network interfaces moved in a period.
package struct Traffic: Hashable, Sendable {
    /// One value per interface, meter and owner; an interface that moved nothing has none.
    package let measured: [UsageReport.Measured]
    /// From when on all of the period's traffic is known, where that is after the period's beginning: what came before is no
    /// longer kept.
    package let knownFrom: Instant?
}

/// Who owned a resource from when on.
struct Ownership: Hashable {
    let from: Instant
    let projectID: ProjectID?
}

extension [Ownership] {
    /// The owners within a span, neighbours that are the same as one; the first one from the span's beginning on.
    func owners(in span: Range<Instant>) -> [Ownership] {
        var owners: [Ownership] = []
        for owner in sorted(by: { $0.from < $1.from }) where owner.from < span.upperBound {
            if owner.from <= span.lowerBound { owners.removeAll() }
            guard owners.last?.projectID != owner.projectID || owners.isEmpty else { continue }
            let from = owners.isEmpty ? span.lowerBound : owner.from
            owners.append(Ownership(from: from, projectID: owner.projectID))
        }
        return owners
    }
}

import Foundation
import JSON
import Telemetry
import Testing

/// What `nepho usage report -f json` printed.
struct PrintedReport {
    private let rows: [Row]

    private struct Row {
        let projectID: String
        let resourceType: String
        let resourceID: String
        let meter: String
        let quantity: Decimal
        let unit: String
        let start: Instant
        let end: Instant
    }

    init(parsing text: String) throws {
        let limits = JSONLimits(sizeLimit: 64 << 20)
        rows = try JSONDocument(parsing: Array(text.utf8), limits: limits).root.elements.map { node in
            try Row(
                projectID: node["project_id"]?.string ?? "", resourceType: #require(node["resource_type"]?.string),
                resourceID: #require(node["resource_id"]?.string), meter: #require(node["meter"]?.string),
                quantity: #require(node["quantity"]?.string.flatMap { Decimal(string: $0) }),
                unit: #require(node["unit"]?.string),
                start: #require(node["start"]?.string.flatMap { Instant($0) }),
                end: #require(node["end"]?.string.flatMap { Instant($0) }))
        }
    }

    /// Holds the report against what the cloud's own APIs said of each server and volume, to the second.
    func compare(with truth: RecordedTruth) throws {
        let end = try #require(Instant(RecordedTruth.end))
        #expect(truth.servers.count == 68 && truth.volumes.count == 45)
        for server in truth.servers { compare(server, until: end) }
        var living = 0
        for volume in truth.volumes { living += compare(volume, until: end) ? 1 : 0 }
        #expect(living > 10, "too few volumes with one size were compared")
    }

    private func compare(_ server: RecordedTruth.Server, until end: Instant) {
        let own = rows.filter { $0.resourceType == "instance" && $0.resourceID == server.id }
        guard let launchedAt = server.launchedAt else {
            #expect(own.isEmpty, "\(server.id) never ran")
            return
        }
        let gone = min(server.terminatedAt ?? end, end)
        guard launchedAt < gone else { return #expect(own.isEmpty) }
        let hours = own.filter { $0.meter.hasPrefix("instance:") }
        let seconds = (gone - launchedAt).components.seconds
        #expect(Self.seconds(hours) == seconds, "\(server.id)")
        #expect(hours.map(\.start).min() == launchedAt && hours.map(\.end).max() == gone, "\(server.id)")
        #expect(own.allSatisfy { $0.projectID == server.projectID })
        #expect(Set(hours.map(\.meter)).isSuperset(of: server.flavors.keys.map { "instance:\($0)" }) || hours.isEmpty)
        if !server.wasResized, let vcpus = server.flavors.values.first {
            #expect(Self.seconds(own.filter { $0.meter == "vcpu" }) == seconds * vcpus, "\(server.id)")
        }
    }

    /// Compares a volume; whether it lives on and had one size to the second. A deleted one's end is known to a few seconds.
    private func compare(_ volume: RecordedTruth.Volume, until end: Instant) -> Bool {
        let own = rows.filter { $0.resourceType == "volume" && $0.resourceID == volume.id }
        guard !own.isEmpty else { return false }
        #expect(own.map(\.start).min() == volume.createdAt, "\(volume.id)")
        if let goneAt = volume.goneAt { #expect(own.allSatisfy { $0.end <= goneAt }, "\(volume.id)") }
        #expect(Set(own.map(\.projectID)) == volume.projects || volume.projects.isEmpty, "\(volume.id)")
        guard volume.goneAt == nil, let first = volume.sizes.first,
            volume.sizes.allSatisfy({ $0.gibibytes == first.gibibytes })
        else { return false }
        // It may have been extended between its creation and the first look.
        let used = Self.seconds(own)
        #expect(used <= (end - volume.createdAt).components.seconds * first.gibibytes, "\(volume.id)")
        #expect(used > (end - first.seenAt).components.seconds * first.gibibytes, "\(volume.id)")
        return used == (end - volume.createdAt).components.seconds * first.gibibytes
    }

    /// The sum of the rows' hours in whole seconds: nine digits after the point lose less than that over this recording.
    private static func seconds(_ rows: [Row]) -> Int64 {
        let sum = rows.reduce(Decimal.zero) { $0 + $1.quantity } * 3_600
        return Int64((sum as NSDecimalNumber).doubleValue.rounded())
    }
}

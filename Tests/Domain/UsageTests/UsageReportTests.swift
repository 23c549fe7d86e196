import Telemetry
import Testing

@testable import Usage

@Suite struct UsageReportTests {
    private let small = UsageFlavor(name: "m1.small", vcpus: 2, memoryMiB: 2_048, rootGiB: 20, ephemeralGiB: 0)
    private let large = UsageFlavor(name: "m1.large", vcpus: 4, memoryMiB: 8_192, rootGiB: 20, ephemeralGiB: 40)

    private func interval(
        _ type: ResourceType = .instance, _ from: Int64, _ to: Int64?, _ attributes: UsageAttributes
    ) -> UsageInterval {
        UsageInterval(
            resourceType: type, resourceID: "r", from: Instant(seconds: from), to: to.map { Instant(seconds: $0) },
            attributes: attributes, openedBy: "a", closedBy: to.map { _ in "b" }, isAudited: false)
    }

    private func report(_ intervals: [UsageInterval], _ from: Int64, _ to: Int64, now: Int64 = 1_000_000) throws
        -> [String]
    {
        let period = try #require(UsagePeriod(from: Instant(seconds: from), to: Instant(seconds: to)))
        return UsageReport(of: intervals, in: period, now: Instant(seconds: now)).rows.map {
            "\($0.projectID?.text ?? "-") \($0.meter) \($0.quantity.text) \($0.unit.rawValue) "
                + "\($0.start.wholeSeconds)-\($0.end.wholeSeconds)"
        }
    }

    @Test("a server is counted by flavor, vCPU, memory and disk, each to the second")
    func server() throws {
        let intervals = [
            interval(.instance, 0, 1_800, UsageAttributes(state: "active", projectID: "p", flavor: small)),
            interval(.instance, 1_800, 5_400, UsageAttributes(state: "active", projectID: "p", flavor: large)),
        ]
        #expect(
            try report(intervals, 900, 5_400) == [
                "p disk.ephemeral 40 GiB-h 1800-5400", "p disk.root 25 GiB-h 900-5400",
                "p instance:m1.large 1 h 1800-5400", "p instance:m1.small 0.25 h 900-1800",
                "p memory 8.5 GiB-h 900-5400", "p vcpu 4.5 vCPU-h 900-5400",
            ])
    }

    @Test("a resource that lives on is counted up to now, and never beyond the period")
    func open() throws {
        let address = interval(.floatingIP, 0, nil, UsageAttributes(projectID: "p"))
        #expect(try report([address], 0, 7_200, now: 3_600) == ["p ip.floating 1 h 0-3600"])
        #expect(try report([address], 0, 7_200) == ["p ip.floating 2 h 0-7200"])
    }

    @Test("space is counted in GiB-hours, split where size, type or owner changed")
    func volumes() throws {
        let intervals = [
            interval(.volume, 0, 3_600, UsageAttributes(projectID: "p", sizeBytes: 1 << 30, type: "fast")),
            interval(.volume, 3_600, 7_200, UsageAttributes(projectID: "q", sizeBytes: 3 << 30, type: "fast")),
            interval(.volume, 7_200, 7_201, UsageAttributes(projectID: "q", sizeBytes: 3 << 30)),
        ]
        #expect(
            try report(intervals, 0, 10_000) == [
                "p volume:fast 1 GiB-h 0-3600", "q volume 0.000833333 GiB-h 7200-7201",
                "q volume:fast 3 GiB-h 3600-7200",
            ])
    }

    @Test("measured usage stands beside derived usage")
    func measured() throws {
        let period = try #require(UsagePeriod(from: Instant(seconds: 0), to: Instant(seconds: 60)))
        let bytes = UsageReport.Measured(
            projectID: "p", resourceType: "instance_network_interface", resourceID: "tap0",
            meter: "network.incoming.bytes", quantity: UsageQuantity(12_345), unit: .byte, period: period)
        let rows = UsageReport(of: [], measured: [bytes, bytes], in: period, now: period.to).rows
        #expect(rows.map(\.quantity.text) == ["24690"] && rows.map(\.end) == [period.to])
    }

    @Test("nothing outside of the period is counted")
    func outside() throws {
        let image = interval(.image, 100, 200, UsageAttributes(projectID: "p", sizeBytes: 5))
        #expect(try report([image], 200, 300).isEmpty)
        #expect(try report([image], 0, 100).isEmpty)
    }

    @Test("an explanation puts every fact to its interval")
    func explanation() {
        let facts: [UsageFact] = [
            .of(1, "update", state: "building"), .of(10, "create.end", start: .stated(10), state: "active"),
            .of(12, "update", start: .stated(10), state: "active"),
            .of(20, "pause.end", start: .stated(10), state: "paused"),
            .of(31, "delete.end", .report, start: .stated(10), end: .stated(30)),
        ]
        let explanation = UsageExplanation(intervals: UsageTimeline(facts).intervals, facts: facts)
        #expect(explanation.chapters.map(\.opening?.messageID) == ["10-create.end", "20-pause.end"])
        #expect(explanation.chapters.map(\.closing?.messageID) == ["20-pause.end", "31-delete.end"])
        #expect(explanation.chapters.map { $0.confirmations.map(\.messageID) } == [["12-update"], []])
        #expect(explanation.others.map(\.messageID) == ["1-update"])
    }
}

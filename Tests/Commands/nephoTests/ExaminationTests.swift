import JSON
import Testing

@testable import nepho

struct ExaminationTests {
    @Test("a partition that stands still with messages to read is bad, a busy one is not")
    func ingestion() {
        let busy: JSONValue = ["topic": "t", "partition": 0, "lag": 900, "age_seconds": 2.0]
        let stuck: JSONValue = ["topic": "t", "partition": 1, "lag": 4, "age_seconds": 600.0]
        let idle: JSONValue = ["topic": "t", "partition": 2, "lag": 0, "age_seconds": 6000.0]
        let good = Examination.ingestion(["partitions": [busy, idle]])
        #expect(good == [Finding(check: "ingestion", state: .good, detail: "2 partitions, 900 messages to read")])
        let bad = Examination.ingestion(["partitions": [busy, stuck, idle]])
        #expect(
            bad == [
                Finding(
                    check: "ingestion", state: .bad,
                    detail: "t/1 has stood still for 600 s with 4 messages to read; see the log of the role ingestion")
            ])
        #expect(Examination.ingestion(["partitions": []]).map(\.state) == [.bad])
    }

    @Test("a host that says nothing is named")
    func hosts() {
        let findings = Examination.hosts([
            "hosts": [["host": "c1", "age_seconds": 10.0], ["host": "c2", "age_seconds": 400.0]]
        ])
        #expect(
            findings == [
                Finding(check: "hosts", state: .bad, detail: "c2 has said nothing for 400 s; is its collector running?")
            ])
    }

    @Test("a check that isn't ready gives its reason")
    func readiness() {
        let findings = Examination.readiness([
            "checks": [
                ["name": "database", "ready": true], ["name": "broker", "ready": false, "reason": "timed out"],
            ]
        ])
        #expect(findings.map(\.state) == [.good, .good, .bad])
        #expect(findings.last?.detail == "timed out")
    }
}

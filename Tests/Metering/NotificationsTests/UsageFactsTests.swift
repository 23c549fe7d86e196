import JSON
import Telemetry
import Testing
import Usage

@testable import Notifications

/// What single notifications tell, where the recorded trace has no example of it or not a telling one.
@Suite struct UsageFactsTests {
    private let generated = Instant(seconds: 1_795_000_000)

    private func facts(_ type: String, _ payload: String) throws -> [UsageFact] {
        UsageFact.facts(
            messageID: "m", eventType: type, generated: generated, payload: try JSONDocument(parsing: payload).root)
    }

    private func time(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test("a soft deletion sets deleted_at, and is no end")
    func softDelete() throws {
        let fact = try #require(
            try facts(
                "compute.instance.soft_delete.end",
                """
                {"instance_id": "s", "state": "soft-delete", "state_description": "", "launched_at": "2026-11-20T00:00:00",
                 "terminated_at": "", "deleted_at": "2026-11-21T00:00:00"}
                """
            ).first)
        #expect(fact.end == nil && fact.attributes.state == "soft-delete" && fact.standing == .observation)
    }

    @Test("a server that is deleted without terminated_at ends at deleted_at, and else with the message")
    func endOfServer() throws {
        let deleted = #"{"instance_id": "s", "state": "deleted", "deleted_at": "2026-11-21T00:00:00+00:00"}"#
        #expect(try facts("compute.instance.update", deleted).map(\.end) == [.stated(time("2026-11-21T00:00:00"))])
        #expect(
            try facts("compute.instance.delete.end", #"{"instance_id": "s", "state": "active"}"#).map(\.end)
                == [.noticed(generated)])
    }

    @Test("what is sent while a deletion runs is only a report, and so is the late end of a live migration")
    func standings() throws {
        let deleting = #"{"instance_id": "s", "state": "active", "state_description": "deleting"}"#
        #expect(try facts("compute.instance.update", deleting).map(\.standing) == [.report])
        let idle = #"{"instance_id": "s", "state": "active", "state_description": ""}"#
        #expect(try facts("compute.instance.live_migration._post.end", idle).map(\.standing) == [.report])
        #expect(try facts("compute.instance.update", idle).map(\.standing) == [.observation])
        #expect(try facts("compute.instance.exists", idle).map(\.standing) == [.audit])
    }

    @Test("a volume's stand-in for an unset launch is not taken for a launch")
    func unsetLaunch() throws {
        func start(_ launched: String, _ status: String) throws -> [UsageFact.Start?] {
            try facts(
                "volume.delete.start",
                """
                {"volume_id": "v", "created_at": "2026-11-20T00:00:00+00:00", "status": "\(status)", "size": 1,
                 "launched_at": "\(launched)"}
                """
            ).map(\.start)
        }
        let created = UsageFact.Start.stated(try time("2026-11-20T00:00:00"))
        #expect(try start("2026-11-20T00:00:09.123456", "error") == [.denied])
        #expect(try start("2026-11-20T00:00:09.123456", "deleting") == [.denied])
        #expect(try start("2026-11-20T00:00:09+00:00", "deleting") == [created])
        #expect(try start("2026-11-20T00:00:09.123456", "available") == [created])
    }

    @Test("a bulk request gives one fact for each resource")
    func bulk() throws {
        let ports = try facts(
            "port.create.end",
            """
            {"ports": [{"id": "a", "created_at": "2026-11-20T00:00:00Z", "project_id": "p", "device_owner": "compute:nova"},
                       {"id": "b", "created_at": "2026-11-20T00:00:01Z", "tenant_id": "p"}, {"name": "no id"}]}
            """)
        #expect(ports.map(\.resourceID) == ["a", "b"])
        #expect(ports.map(\.attributes.projectID) == ["p", "p"])
        #expect(ports.map(\.attributes.type) == ["compute:nova", nil])
    }

    @Test("a deletion that carries nothing but an id is an end")
    func bareDeletion() throws {
        let fact = try #require(try facts("floatingip.delete.end", #"{"floatingip_id": "f"}"#).first)
        #expect(fact.resourceID == "f" && fact.start == nil && fact.end == .noticed(generated))
    }

    @Test("Octavia's load balancers begin with their first notification")
    func loadBalancer() throws {
        let fact = try #require(
            try facts(
                "octavia.loadbalancer.create.end",
                #"{"loadbalancer_id": "l", "project_id": "p", "operating_status": "ONLINE"}"#
            ).first)
        #expect(fact.resourceType == .loadBalancer && fact.start == .stated(generated))
        #expect(fact.attributes == UsageAttributes(state: "ONLINE", projectID: "p"))
    }

    @Test(
        "nothing is made of what does not tell of a life",
        arguments: [
            ("port.create.start", #"{"port": {"name": "x"}}"#), ("port.delete.start", #"{"port_id": "a"}"#),
            ("router.interface.create", #"{"router_interface": {"id": "r"}}"#),
            ("image.upload", #""Failed to upload""#), ("image.send", #"{"image_id": "i", "bytes_sent": 1}"#),
            ("volume.usage", #"{"volume_id": "v", "reads": 1}"#), ("volume_type.create", "{}"),
            ("compute.metrics.update", #"{"instance_id": "x"}"#), ("compute", "{}"), ("", "{}"), (".", "{}"),
            ("compute.instance.update", #"{"instance_id": ""}"#), ("compute.instance.update", "[]"),
        ])
    func nothing(type: String, payload: String) throws {
        #expect(try facts(type, payload).isEmpty)
    }

    @Test("times and counts that can't be are not believed")
    func unbelievable() throws {
        let fact = try #require(
            try facts(
                "compute.instance.update",
                """
                {"instance_id": "s", "launched_at": "1677-09-21T00:12:44", "terminated_at": "2262-01-01T00:00:00",
                 "instance_type": "m1", "vcpus": -1, "memory_mb": 9223372036854775807, "root_gb": 1, "ephemeral_gb": 0}
                """
            ).first)
        #expect(fact.start == nil && fact.end == nil && fact.attributes.flavor == nil)
    }
}

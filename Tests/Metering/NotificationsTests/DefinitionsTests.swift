import Documents
import Foundation
import JSON
import Telemetry
import Testing

@testable import Notifications

@Suite("Definitions")
struct DefinitionsTests {
    private static let pipeline =
        "sources: [{name: a, meters: ['*'], sinks: [s]}]\nsinks: [{name: s, publishers: [gnocchi://]}]"

    private static func definitions(
        meters: String = "metric: []", events: String = "[]", pipeline: String = pipeline,
        eventPipeline: String = pipeline.replacing("meters", with: "events"), resources: String = "resources: []"
    ) throws -> Definitions {
        try Definitions(
            .init(
                meters: [.init(name: "meters.yaml", text: meters)], events: .init(name: "events.yaml", text: events),
                pipeline: .init(name: "pipeline.yaml", text: pipeline),
                eventPipeline: .init(name: "event_pipeline.yaml", text: eventPipeline),
                resources: .init(name: "resources.yaml", text: resources)))
    }

    private static func meter(_ change: (String, String)) -> String {
        let text = """
            metric:
              - name: m
                event_type: e
                type: gauge
                unit: B
                volume: payload.v
                resource_id: payload.id
            """
        return text.replacing(change.0, with: change.1)
    }

    @Test("the shipped definitions have nothing to remark")
    func shipped() throws {
        let definitions = try Definitions(Definitions.Sources(folder: Fixture.pipelines))
        #expect(definitions.meters.count == 38)
        #expect(definitions.events.count == 47)
        #expect(definitions.resources.resources.count == 19)
        #expect(definitions.remarks.isEmpty)
    }

    @Test("the files of meters.d are read after meters.yaml, in the order of their names, and one alone is enough")
    func meterFolder() throws {
        try Fixture.withFolder { folder in
            let files = FileManager.default
            for name in ["event_definitions", "pipeline", "event_pipeline", "gnocchi_resources"] {
                try files.copyItem(atPath: Fixture.pipelines + "/\(name).yaml", toPath: folder + "/\(name).yaml")
            }
            let missing = #expect(throws: DocumentError.self) { try Definitions.Sources(folder: folder) }
            #expect(missing?.problems.first?.source == folder + "/meters.yaml")
            try files.createDirectory(atPath: folder + "/meters.d", withIntermediateDirectories: true)
            for (name, meter) in [("meters.d/20", "b"), ("meters.d/10", "a"), ("meters.d/.hidden", "x")] {
                let text = Self.meter(("name: m", "name: \(meter)"))
                try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/\(name).yaml"))
            }
            #expect(try Definitions(.init(folder: folder)).meters.map(\.label) == ["a", "b"])
            try Data(Self.meter(("", "")).utf8).write(to: URL(fileURLWithPath: folder + "/meters.yaml"))
            #expect(try Definitions(.init(folder: folder)).meters.map(\.label) == ["m", "a", "b"])
        }
    }

    @Test(
        "a meter that can't work is refused with its place",
        arguments: [
            ("    volume: payload.v\n", "", "meters.yaml:2:5: metric[0]: the meter lacks volume"),
            ("type: gauge", "type: level", "metric[0].type: expected one of gauge, delta, cumulative, found \"level\""),
            (
                "event_type: e", "event_type: '('",
                "metric[0].event_type: the event type can't be read as a regular expression"
            ),
            ("payload.v", "payload.[", "metric[0].volume: the path payload.[ can't be read"),
            ("payload.v", "{fields: payload.v, plugin: sum}", "metric[0].volume.plugin: no plugin is called sum"),
            ("payload.v", "{plugin: split}", "metric[0].volume: the key fields is missing"),
            ("unit: B", "unit: '%'", "metric[0].unit: the path % can't be read: unexpected character %"),
        ])
    func brokenMeters(_ old: String, _ new: String, _ problem: String) throws {
        let error = #expect(throws: DocumentError.self) { try Self.definitions(meters: Self.meter((old, new))) }
        #expect(error?.problems.count == 1)
        #expect(error?.description.contains(problem) ?? false, "\(String(describing: error))")
    }

    @Test("the problems of all the files are told together")
    func allProblems() throws {
        let error = #expect(throws: DocumentError.self) {
            try Self.definitions(
                meters: Self.meter(("type: gauge", "type: x")), events: "- {event_type: e}",
                pipeline: Self.pipeline.replacing("[s]", with: "[t]"), resources: "resources: [{metrics: [m]}]")
        }
        #expect(
            Set(error?.problems.map(\.source) ?? []) == [
                "meters.yaml", "events.yaml", "pipeline.yaml", "resources.yaml",
            ])
    }

    @Test("of two definitions of a meter the last counts, and that is remarked")
    func duplicates() throws {
        let text = Self.meter(("", "")) + "\n" + Self.meter(("metric:\n", "")).replacing("payload.v", with: "payload.w")
        let definitions = try Self.definitions(meters: text)
        #expect(definitions.meters.count == 1)
        #expect(definitions.remarks == ["The meter m is defined more than once; the other definition is used."])
        let notification = try Notification(
            reading: Array(
                #"{"message_id":"m","event_type":"e","priority":"info","timestamp":"2026-11-23","payload":{"id":"r","v":1,"w":2}}"#
                    .utf8))
        #expect(Converter(definitions).convert(notification).samples.map(\.volume) == [2])
    }

    @Test(
        "pipelines pick by name as Ceilometer's do",
        arguments: [
            ("['*']", "cpu", true), ("['*', '!cpu']", "cpu", false), ("['!cpu']", "memory", true),
            ("['!cpu']", "cpu", false),
            ("['disk.*']", "disk.size", true), ("['disk.*']", "cpu", false), ("[cpu, memory]", "memory", true),
            ("['!disk.*']", "disk.size", false), ("'*'", "cpu", true),
        ])
    func pipelines(_ names: String, _ meter: String, _ isTaken: Bool) throws {
        let definitions = try Self.definitions(pipeline: Self.pipeline.replacing("['*']", with: names))
        #expect(definitions.pipelines.takesSample(meter) == isTaken)
    }

    @Test(
        "pipelines that contradict themselves are refused",
        arguments: [
            ("['*']", "[cpu, '!disk']", "meters are both taken and left out"),
            ("['*']", "[cpu, '*']", "meters are named beside *"),
            ("['*']", "[]", "no meters are named"), ("[s]", "[t]", "the sink t is not defined"),
            ("publishers: [gnocchi://]", "publishers: []", "the sink has no publisher"),
            ("[{name: s,", "[{name: s, publishers: [x]}, {name: s,", "two sinks are called s"),
        ])
    func brokenPipelines(_ old: String, _ new: String, _ problem: String) throws {
        let error = #expect(throws: DocumentError.self) {
            try Self.definitions(pipeline: Self.pipeline.replacing(old, with: new))
        }
        #expect(error?.description.contains(problem) ?? false, "\(String(describing: error))")
    }

    @Test("publishers that this system does not have are named, and samples only for them are not stored")
    func publishers() throws {
        let definitions = try Self.definitions(
            pipeline: Self.pipeline.replacing("gnocchi://", with: "'udp://10.0.0.1:4952', prometheus"))
        #expect(
            definitions.remarks == [
                "The publisher udp://10.0.0.1:4952 is not supported.", "The publisher prometheus:// is not supported.",
            ])
        #expect(!definitions.pipelines.takesSample("cpu"))
    }

    // MARK: Resources

    @Test("a meter belongs to its resource type and policy, and an unknown one to the generic type")
    func places() throws {
        let resources = try Definitions(Definitions.Sources(folder: Fixture.pipelines)).resources
        #expect(resources.place(of: "cpu").type == "instance")
        #expect(resources.place(of: "cpu").archivePolicy == "ceilometer-low-rate")
        #expect(resources.place(of: "vcpus").archivePolicy == "ceilometer-low")
        #expect(resources.place(of: "my.meter").type == "generic")
    }

    @Test("a sample's metadata describe its resource")
    func attributes() throws {
        let resources = try Definitions(Definitions.Sources(folder: Fixture.pipelines)).resources
        let sample = Sample(
            meter: "cpu", kind: .cumulative, unit: "ns", volume: 1, resourceID: "s1", projectID: nil, userID: nil,
            timestamp: Instant(seconds: 0),
            metadata: [
                "display_name": "vm", "instance_host": "c1", "flavor": ["id": "1", "name": "tiny"], "image_ref": nil,
            ])
        let (values, rejections) = resources.attributes(of: sample)
        #expect(
            values == [
                .init("host", "c1"), .init("display_name", "vm"), .init("flavor_id", "1"), .init("flavor_name", "tiny"),
            ])
        #expect(rejections.isEmpty)
    }

    @Test("an event begins or ends a resource, with those that hang on it")
    func changes() throws {
        let resources = try Definitions(Definitions.Sources(folder: Fixture.pipelines)).resources
        let event = Event(
            messageID: "m", eventType: "compute.instance.delete.start", generated: Instant(seconds: 0),
            traits: [Trait("instance_id", .text("s1")), Trait("host", .text("c1"))])
        let change = try #require(resources.change(by: event))
        #expect(change.change == .delete)
        #expect(change.type == "instance")
        #expect(change.id == "s1")
        #expect(change.attributes == [.init("host", "c1")])
        #expect(change.associated.map(\.type) == ["instance_network_interface", "instance_disk"])
        let other = Event(messageID: "m", eventType: "port.create.end", generated: Instant(seconds: 0), traits: [])
        #expect(resources.change(by: other) == nil)
    }
}

import Crypto
import JSON
import Telemetry
import Testing

@testable import Notifications

@Suite("Converting notifications")
struct ConverterTests {
    private static func message(
        _ eventType: String, priority: String = "INFO", id: String = "m1", _ payload: String
    ) -> [UInt8] {
        Array(
            """
            {"message_id": "\(id)", "publisher_id": "svc.node-1", "event_type": "\(eventType)", "priority": "\(priority)", \
            "timestamp": "2026-11-23 19:03:19", "payload": \(payload), "_context": {}}
            """.utf8)
    }

    private static func convert(_ converter: Converter, _ bytes: [UInt8]) throws -> Conversion {
        try bytes.withUnsafeBytes { bytes throws(EnvelopeError) in try converter.convert(bytes) }
    }

    private static let volume =
        #"{"volume_id": "v1", "size": 5, "tenant_id": "p1", "user_id": "u1", "display_name": "data"}"#

    @Test("a notification gives checked samples and an event")
    func samplesAndEvent() throws {
        let conversion = try Self.convert(Fixture.converter(), Self.message("volume.create.end", Self.volume))
        let sample = try #require(conversion.samples.first)
        #expect(conversion.samples.count == 1)
        #expect(sample.meter == "volume.size")
        #expect(sample.kind == .gauge)
        #expect(sample.unit == "GiB")
        #expect(sample.volume == 5)
        #expect(sample.resourceID == "v1")
        #expect(sample.projectID == "p1")
        #expect(sample.userID == "u1")
        #expect(sample.timestamp == Instant("2026-11-23T19:03:19Z"))
        #expect(sample.metadata == ["display_name": "data"])
        let event = try #require(conversion.event)
        #expect(event.eventType == "volume.create.end")
        #expect(event.traits.contains(Trait("size", .int(5))))
    }

    @Test(
        "levels give what they give in Ceilometer",
        arguments: [
            ("info", 1, true), ("sample", 1, false), ("error", 0, true), ("warn", 0, false), ("audit", 0, false),
            ("debug", 0, false), ("critical", 0, false), ("loud", 0, false),
        ])
    func levels(_ priority: String, _ samples: Int, _ hasEvent: Bool) throws {
        let conversion = try Self.convert(
            Fixture.converter(), Self.message("volume.create.end", priority: priority, Self.volume))
        #expect(conversion.samples.count == samples)
        #expect((conversion.event != nil) == hasEvent)
    }

    @Test("one broken attribute costs its own sample or trait and nothing else")
    func isolation() throws {
        let payload =
            #"{"volume_id": "v1", "size": 5, "tenant_id": "p1", "volume_attachment": 7, "created_at": "soon"}"#
        let conversion = try Self.convert(Fixture.converter(), Self.message("volume.create.end", payload))
        #expect(conversion.samples.isEmpty)
        let event = try #require(conversion.event)
        #expect(event.traits.contains(Trait("resource_id", .text("v1"))))
        #expect(
            Set(conversion.rejections) == [
                Rejection(subject: "volume.size", fault: .path(.notIndexable)),
                Rejection(subject: "created_at", fault: .traitNotConvertible),
                Rejection(subject: "instance_id", fault: .path(.notIndexable)),
            ])
    }

    @Test("a sample without a resource or with a volume that is no number is refused by name")
    func refusals() throws {
        let converter = try Fixture.converter()
        let nameless = try Self.convert(converter, Self.message("volume.create.end", #"{"size": 5}"#))
        #expect(nameless.rejections == [Rejection(subject: "volume.size", fault: .resourceMissing)])
        let large = try Self.convert(
            converter, Self.message("volume.create.end", #"{"size": "large", "volume_id": "v"}"#))
        #expect(large.rejections.contains(Rejection(subject: "volume.size", fault: .volumeNotNumber)))
        let endless = try Self.convert(
            converter, Self.message("volume.create.end", #"{"size": Infinity, "volume_id": "v"}"#))
        #expect(endless.rejections.contains(Rejection(subject: "volume.size", fault: .volumeNotNumber)))
    }

    @Test(
        "events of notifications that no definition takes have the default traits, or are dropped where that is asked for"
    )
    func unmatched() throws {
        let bytes = Self.message("something.else", #"{"tenant_id": "p1"}"#)
        let event = try #require(try Self.convert(Fixture.converter(), bytes).event)
        #expect(
            event.traits == [
                Trait("service", .text("svc.node-1")), Trait("project_id", .text("p1")),
                Trait("tenant_id", .text("p1")),
            ])
        let strict = try Fixture.converter(options: ConversionOptions(dropsUnmatched: true))
        #expect(try Self.convert(strict, bytes).event == nil)
        #expect(try Self.convert(strict, Self.message("volume.create.end", "{}")).event != nil)
    }

    // MARK: Polled samples

    private static let polled = """
        {"counter_name": "cpu", "counter_type": "cumulative", "counter_unit": "ns", "counter_volume": 1.5e9, "user_id": "u1", \
        "project_id": "p1", "resource_id": "s1", "timestamp": "2026-11-23T19:03:19.25+00:00", "resource_metadata": {"host": "c1"}, \
        "source": "openstack", "message_id": "x1", "monotonic_time": null}
        """

    @Test("a batch of polled samples is taken apart, and a broken sample costs itself")
    func polledBatch() throws {
        let bytes = Self.message(
            "telemetry.polling", priority: "SAMPLE", #"{"samples": [\#(Self.polled), {"counter_name": "disk"}]}"#)
        let conversion = try Self.convert(Fixture.converter(), bytes)
        let sample = try #require(conversion.samples.first)
        #expect(conversion.samples.count == 1)
        #expect(sample.meter == "cpu")
        #expect(sample.kind == .cumulative)
        #expect(sample.volume == 1.5e9)
        #expect(sample.timestamp == Instant("2026-11-23T19:03:19.25Z"))
        #expect(conversion.rejections == [Rejection(subject: "disk", fault: .batchMalformed)])
        #expect(conversion.event == nil)
        #expect(conversion.drafts.first?.id == "x1")
    }

    @Test("a batch without its list is refused", arguments: ["{}", #"{"samples": 5}"#, "null", "[]"])
    func malformedBatch(_ payload: String) throws {
        let conversion = try Self.convert(
            Fixture.converter(), Self.message("telemetry.polling", priority: "sample", payload))
        #expect(conversion.rejections == [Rejection(subject: "telemetry.polling", fault: .batchMalformed)])
    }

    @Test("with a secret, only samples that are signed with it are taken")
    func signatures() throws {
        let secret = Array("s3cret".utf8)
        let converter = try Fixture.converter(options: ConversionOptions(telemetrySecret: secret))
        let node = try JSONDocument(parsing: Self.polled).root
        let signature = MessageSignature(secret: secret).signature(of: node)
        let signed = Self.polled.dropLast() + #", "message_signature": "\#(signature)"}"#
        let tampered = signed.replacing("1.5e9", with: "1.6e9")
        let bytes = Self.message(
            "telemetry.polling", priority: "sample", #"{"samples": [\#(signed), \#(tampered), \#(Self.polled)]}"#)
        let conversion = try Self.convert(converter, bytes)
        #expect(conversion.samples.map(\.volume) == [1.5e9])
        #expect(
            conversion.rejections == Array(repeating: Rejection(subject: "cpu", fault: .signatureInvalid), count: 2))
    }

    @Test("a polled sample of a kind that does not exist is left out")
    func unknownKind() throws {
        let odd = Self.polled.replacing("cumulative", with: "weird")
        let conversion = try Self.convert(
            Fixture.converter(),
            Self.message("telemetry.polling", priority: "sample", #"{"samples": [\#(odd), \#(Self.polled)]}"#))
        #expect(conversion.drafts.count == 1)
        #expect(conversion.rejections == [Rejection(subject: "cpu", fault: .kindUnknown)])
    }

    // MARK: Texts and sizes

    @Test("names that differ in their bytes stay apart, and a prefix counts whatever follows it")
    func normalForms() throws {
        let metadata =
            #"{"metering.\u00e9": "1", "metering.e\u0301": "2", "metering.\u200dz": "d", "metering.a.\u0301b": "x"}"#
        let conversion = try Self.convert(
            Fixture.converter(),
            Self.message("compute.instance.exists", #"{"instance_id": "s", "vcpus": 1, "metadata": \#(metadata)}"#))
        let sample = try #require(conversion.samples.first { $0.meter == "vcpus" })
        let copied = try #require(sample.metadata["user_metadata"]?.members)
        #expect(
            copied == [
                .init("\u{e9}", "1"), .init("e\u{301}", "2"), .init("\u{200d}z", "d"), .init("a_\u{301}b", "x"),
            ])
    }

    @Test(
        "messages of a hundred thousand tiny members are converted; quadratic work would not come to an end",
        arguments: [
            ("compute.instance.exists", #"{"instance_id": "s", "vcpus": 1, "memory_mb": 1, "metadata": {MEMBERS}}"#),
            ("volume.create.end", #"{"volume_id": "v", "size": 1, "display_name": {MEMBERS}}"#),
            ("image.update", #"{"id": "i", "size": 1, MEMBERS}"#),
            ("telemetry.polling", #"{"samples": [{"message_signature": "00", MEMBERS}]}"#),
        ])
    func manyMembers(_ eventType: String, _ payload: String) throws {
        let members = (0..<100_000).map { #""metering.\#($0)":1"# }.joined(separator: ",")
        let secret = ConversionOptions(telemetrySecret: [1])
        let conversion = try Self.convert(
            Fixture.converter(options: secret), Self.message(eventType, payload.replacing("MEMBERS", with: members)))
        #expect(conversion.event != nil)
    }

    // MARK: Sources in code

    private static func sensors(_ groups: String, rest: String = #""node_uuid": "N1","#) -> [UInt8] {
        message(
            "hardware.ipmi.metrics",
            #"{\#(rest) "timestamp": "2026-11-23T19:00:00", "event_type": "hardware.ipmi.metrics.update", "payload": {\#(groups)}}"#
        )
    }

    @Test("Ironic's sensors give a sample each, but for those that are off or are not read")
    func sensors() throws {
        let bytes = Self.sensors(
            """
            "Current": {"a": {"Sensor ID": "Avg Power (0x2e)", "Sensor Reading": "130 (+/- 0) Watts"}, \
            "b": {"Sensor ID": "Pwr Consumption (0x76)", "Sensor Reading": "154 (+/- 0) Watts"}}, \
            "Power": {"a": {"Sensor ID": "p", "Sensor Reading": "1 W"}}, \
            "Voltage": {"a": {"Sensor ID": "V", "Sensor Reading": "Disabled"}, "b": {"Sensor ID": "W", "Sensor Reading": "none"}, \
            "c": {"Sensor Reading": "1 V"}, "d": {"Sensor ID": "X"}, "e": 5}
            """)
        let conversion = try Self.convert(Fixture.converter(), bytes)
        let sample = try #require(conversion.samples.first)
        #expect(conversion.samples.count == 1)
        #expect(sample.meter == "hardware.ipmi.current")
        #expect(sample.kind == .gauge)
        #expect(sample.unit == "W")
        #expect(sample.volume == 130)
        #expect(sample.resourceID == "N1-avg_power_(0x2e)")
        #expect(sample.timestamp == Instant("2026-11-23T19:00:00Z"))
        #expect(
            sample.metadata == [
                "Sensor ID": "Avg Power (0x2e)", "Sensor Reading": "130 (+/- 0) Watts", "node": "N1",
                "event_type": "hardware.ipmi.metrics.update", "host": "svc.node-1",
            ])
        let fault = Rejection(subject: "hardware.ipmi.voltage", fault: .sensorMalformed)
        #expect(conversion.rejections == Array(repeating: fault, count: 4))
    }

    @Test("sensors of a machine without an id are refused")
    func namelessMachine() throws {
        let bytes = Self.sensors(#""Fan": {"a": {"Sensor ID": "F", "Sensor Reading": "6900 (+/- 0) RPM"}}"#, rest: "")
        let conversion = try Self.convert(Fixture.converter(), bytes)
        #expect(conversion.drafts.isEmpty)
        #expect(conversion.rejections == [Rejection(subject: "hardware.ipmi.fan", fault: .sensorMalformed)])
    }

    @Test("each HTTP request and response counts one", arguments: ["request", "response"])
    func httpCalls(_ word: String) throws {
        let payload =
            #"{"request": {"HTTP_X_USER_ID": "u", "HTTP_X_PROJECT_ID": "p", "HTTP_X_SERVICE_NAME": "nova"}}"#
        let conversion = try Self.convert(Fixture.converter(), Self.message("http." + word, payload))
        let sample = try #require(conversion.samples.first)
        #expect(conversion.samples.count == 1)
        #expect(sample.meter.text == "http." + word)
        #expect(sample.kind == .delta)
        #expect(sample.unit == word)
        #expect(sample.volume == 1)
        #expect(sample.resourceID == "nova")
        #expect(sample.projectID == "p")
        #expect(sample.userID == "u")
        let empty = try Self.convert(Fixture.converter(), Self.message("http." + word, "{}"))
        #expect(empty.rejections.map(\.fault) == [.requestMalformed])
    }

    // MARK: Damage

    @Test("damaged messages are refused or converted, never worse", arguments: [11, 12, 13] as [UInt64])
    func damaged(seed: UInt64) throws {
        let converter = try Fixture.converter()
        var messages: [[UInt8]] = []
        try TraceReader(path: Fixture.path("Oracle/notifications.jsonl.gz")).forEachLine { number, line in
            guard number % 10 == Int(seed % 10) else { return }
            let record = try JSONDocument(parsing: line, limits: JSONLimits(grammar: .python)).root
            messages.append(try #require(record["message"]?.stringBytes))
        }
        var damage = Damage(seed: seed)
        var refused = 0
        for message in messages {
            var bytes = message
            for _ in 0..<8 {
                damage.strike(&bytes)
                do throws(EnvelopeError) {
                    let conversion = converter.convert(
                        try Notification(reading: bytes, limits: converter.options.limits))
                    #expect(conversion.samples.allSatisfy { $0.volume.isFinite })
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > messages.count)
    }
}

/// Seeded damage to messages: bytes changed, removed and doubled, and pieces moved.
private struct Damage {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func next(below bound: Int) -> Int {
        // Knuth's linear congruential generator; its high bits are good enough to choose places.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func strike(_ bytes: inout [UInt8]) {
        guard bytes.count > 4 else { return }
        let place = next(below: bytes.count)
        switch next(below: 5) {
        case 0: bytes[place] = UInt8(next(below: 256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(Array("{}[]\",:\\0e-n".utf8)[next(below: 12)], at: place)
        case 3:
            let end = min(bytes.count, place + next(below: 40))
            bytes.insert(contentsOf: bytes[place..<end], at: next(below: bytes.count))
        default:
            if next(below: 8) == 0 { bytes.removeLast(next(below: bytes.count / 2)) } else { bytes[place] ^= 1 }
        }
    }
}

import Ingestion
import Kafka
import Logging
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

/// Messages that come twice, in another order, or that are no messages at all.
@Suite(.timeLimit(.minutes(10)))
struct RepetitionTests {
    @Test("a batch or notification that is sent again counts once, whenever it comes")
    func duplicates() async throws {
        try await withIngestion { fixture in
            let batches = (0..<5).map { SampleBatch.test(host: "h1", sequence: UInt64($0)) }
            let notifications = (0..<5).map { volumeNotification("m\($0)", volume: "v\($0)") }
            try await fixture.send(batches + [batches[4], batches[2]])
            try await fixture.send(notifications: notifications + [notifications[1]])
            try await fixture.drain()
            try await fixture.send(batches)
            try await fixture.send(notifications: notifications)
            let running = try await fixture.drain()
            let measures = try await fixture.measures()
            #expect(measures.count == 15)
            #expect(running.value("ingestion_messages_duplicate_total{kind=\"batch\"}") == "5")
            #expect(running.value("ingestion_messages_duplicate_total{kind=\"notification\"}") == "5")
        }
    }

    @Test("a later incarnation of a collector is not taken for a repetition, and gaps in its numbers are counted")
    func epochs() async throws {
        try await withIngestion { fixture in
            let batches = [(1, 0), (1, 1), (2, 0), (2, 4)].map { epoch, sequence in
                SampleBatch.test(host: "h1", sequence: UInt64(sequence), epoch: UInt64(epoch))
            }
            try await fixture.send(batches)
            let running = try await fixture.drain()
            #expect(running.value("ingestion_messages_stored_total{kind=\"batch\"}") == "4")
            #expect(running.value("ingestion_batches_missed_total") == "3")
        }
    }

    @Test("another notification under a known id is refused and kept as a dead letter")
    func conflict() async throws {
        try await withIngestion { fixture in
            let first = volumeNotification("m1", volume: "v1", size: 10)
            let second = volumeNotification("m1", volume: "v1", size: 99)
            let third = volumeNotification("m2", volume: "v2", size: 5)
            try await fixture.send(notifications: [first, second, third])
            let running = try await fixture.drain()
            let letters = try await fixture.letters()
            #expect(letters.map { $0.header("reason") } == ["conflicting_duplicate"])
            #expect(letters.map(\.value) == [Array(second.utf8)])
            #expect(running.value("ingestion_messages_failed_total{reason=\"conflicting_duplicate\"}") == "1")
            let measures = try await fixture.measures()
            #expect(measures.map { $0.split(separator: " ").last } == ["10.0", "5.0"])
        }
    }

    @Test("notifications in any order give the same intervals and events")
    func order() async throws {
        let operations = ["create.end", "attach.end", "resize.end", "detach.end", "delete.end"]
        let statuses = ["available", "in-use", "in-use", "available", "deleted"]
        let notifications = (0..<8).flatMap { volume in
            operations.indices.map { step in
                volumeNotification(
                    "m\(volume)-\(step)", operation: operations[step], volume: "v\(volume)", size: step < 2 ? 10 : 20,
                    minute: step * 7, status: statuses[step])
            }
        }
        var outcomes: [[String]] = []
        for order in [notifications, notifications.reversed(), notifications.shuffled() + notifications.shuffled()] {
            try await withIngestion { fixture in
                try await fixture.send(notifications: order)
                try await fixture.drain()
                let intervals = try await fixture.database.pool.transaction { db in
                    try db.query(
                        "SELECT to_jsonb(i) - 'recorded_at' AS row FROM usage.interval AS i ORDER BY 1"
                    ) { try $0["row", as: JSONB.self].text }
                }
                outcomes.append(intervals)
            }
        }
        #expect(!outcomes[0].isEmpty)
        #expect(outcomes[1] == outcomes[0])
        #expect(outcomes[2] == outcomes[0])
    }

    /// A batch like the others, polled at another time.
    private static func batch(_ sequence: UInt64, polledAt: Instant, host: HostName = "h9") -> SampleBatch {
        let like = SampleBatch.test(host: host, sequence: sequence)
        return SampleBatch(
            host: like.host, epoch: like.epoch, sequence: sequence, polledAt: polledAt, interval: like.interval,
            meters: like.meters, resources: like.resources)
    }

    @Test("batches of another century are dead letters, those of the future and of long ago change no resource")
    func badTimes() async throws {
        try await withIngestion { fixture in
            let now = IngestionFixture.now
            let times = [
                Instant(nanoseconds: .min), Instant(seconds: -8_000_000_000), Instant(seconds: 4_200_000_000),
                now + .seconds(3 * 86_400),
            ]
            for (place, time) in times.enumerated() {
                try await fixture.send([Self.batch(UInt64(place), polledAt: time)])
            }
            try await fixture.send([Self.batch(9, polledAt: now)])
            try await fixture.send(notifications: [
                volumeNotification("m1", volume: "v1").replacing("2026-11-18 10", with: "1700-01-01 10"),
                volumeNotification("m2", volume: "v1"),
            ])
            let running = try await fixture.drain()
            let letters = try await fixture.letters()
            #expect(letters.map { $0.header("reason") } == Array(repeating: "time_unbelievable", count: 3))
            #expect(running.value("ingestion_samples_rejected_total{reason=\"too_new\"}") == "2")
            #expect(running.value("ingestion_samples_rejected_total{reason=\"too_old\"}") == "1")
            #expect(running.value("ingestion_observations_rejected_total{reason=\"too_old\"}") == "1")
            #expect(running.value("ingestion_host_polled_timestamp_seconds{host=\"h9\"}") == "1795000000")
            let wrong = try await fixture.database.pool.transaction { db in
                try db.query(
                    "SELECT resource_id FROM metric.resource WHERE observed_at > \(now) OR revision_start_at < '2020-01-01'"
                ) { try $0["resource_id", as: String.self] }
            }
            #expect(wrong.isEmpty)
        }
    }

    @Test("batches of one collector on two partitions count once each, in whichever order they are read")
    func partitions() async throws {
        try await withIngestion(partitions: 4) { fixture in
            let batches = (0..<12).map { SampleBatch.test(host: "h1", sequence: UInt64($0)) }
            for keys in [["a", "b", "c", "d"], ["d", "a", "c", "b"]] {
                try await fixture.send(
                    batches.reversed().map { batch in
                        OutgoingMessage(
                            topic: fixture.topics[IngestionFixture.samples],
                            key: Array((keys[Int(batch.sequence % 4)]).utf8), value: batch.encode())
                    })
            }
            let running = try await fixture.drain(workers: 2)
            #expect(running.value("ingestion_messages_stored_total{kind=\"batch\"}") == "12")
            let measures = try await fixture.measures()
            #expect(measures == batches.flatMap(\.expectedMeasures).sorted())
        }
    }

    private static let damaged: [UInt8] = {
        var bytes = SampleBatch.test(host: "h1", sequence: 0).encode()
        bytes[bytes.count / 2] ^= 1
        return bytes
    }()

    @Test("what can't be read becomes a dead letter with its bytes and its reason, and the partition moves on")
    func poison() async throws {
        try await withIngestion { fixture in
            let samples = fixture.topics[IngestionFixture.samples]
            let notifications = fixture.topics[IngestionFixture.notifications]
            let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
            let poison: [(topic: String, value: [UInt8], reason: String)] = [
                (samples, Self.damaged, "batch_damaged"), (samples, [9, 9, 9], "batch_version_unknown"),
                (samples, [], "batch_malformed"),
                (notifications, Array("{\"oslo.version\": \"2.0\"".utf8), "not_json"),
                (notifications, Array("[]".utf8), "not_an_object"), (notifications, Array(deep.utf8), "too_deep"),
                (notifications, [0x7B, 0xFF, 0x7D], "not_json"),
                (notifications, Array(repeating: UInt8(ascii: " "), count: 60_000), "too_large"),
                (
                    notifications, Array("{\"event_type\": \"a\", \"timestamp\": \"2026-11-18 10:00:00\"}".utf8),
                    "message_id_missing"
                ),
            ]
            try await fixture.send([SampleBatch.test(host: "h1", sequence: 0)])
            try await fixture.send(poison.map { OutgoingMessage(topic: $0.topic, key: [1], value: $0.value) })
            try await fixture.send([SampleBatch.test(host: "h1", sequence: 1)])
            try await fixture.send(notifications: [volumeNotification("m1", volume: "v1")])
            let running = try await fixture.drain()
            let letters = try await fixture.letters()
            #expect(letters.count == poison.count)
            for (topic, value, _) in poison {
                let letter = try #require(letters.first { $0.value == value && $0.header("source-topic") == topic })
                let offset = try #require(letter.header("source-offset"))
                #expect(letter.key == Array("\(topic)/0/\(offset)".utf8))
                #expect(letter.header("source-partition") == "0")
                #expect(letter.header("source-key") == "\u{1}")
                #expect(letter.header("error")?.isEmpty == false)
            }
            #expect(letters.compactMap { $0.header("reason") }.sorted() == poison.map(\.reason).sorted())
            #expect(running.value("ingestion_messages_failed_total{reason=\"too_deep\"}") == "1")
            let measures = try await fixture.measures()
            #expect(measures.count == 5)
        }
    }

    @Test("a message that the database refuses is found out and dead-lettered, and its neighbours are stored")
    func refusedByStore() async throws {
        try await withIngestion { fixture in
            // Names of meters end at 255 characters in the store.
            let tooLong = MeterName(String(repeating: "m", count: 300))
            var batches = (0..<9).map { SampleBatch.test(host: "h1", sequence: UInt64($0)) }
            batches[4] = SampleBatch.test(host: "h1", sequence: 4, meter: tooLong)
            try await fixture.send(batches)
            try await fixture.drain()
            let letters = try await fixture.letters()
            #expect(letters.map { $0.header("reason") } == ["refused_by_store"])
            #expect(letters.map { $0.header("source-offset") } == ["4"])
            batches.remove(at: 4)
            let measures = try await fixture.measures()
            #expect(measures == batches.flatMap(\.expectedMeasures).sorted())
        }
    }

    @Test("an event is found with its traits")
    func event() async throws {
        try await withIngestion { fixture in
            try await fixture.send(notifications: [volumeNotification("m1", volume: "v1", size: 7)])
            try await fixture.drain()
            let event = try await fixture.database.pool.transaction { try EventStore().event("m1", in: $0) }
            #expect(event?.eventType == "volume.create.end")
            #expect(event?.traits.contains(Telemetry.Trait("size", .int(7))) == true)
            #expect(event?.traits.contains(Telemetry.Trait("resource_id", .text("v1"))) == true)
        }
    }
}

import Telemetry
import Testing

@Suite("The wire format of a sample batch")
struct SampleBatchTests {
    @Test("what was encoded is decoded", arguments: UInt64(1)...300)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let batch = SampleBatch.random(using: &random)
        #expect(try decoded(batch.encode()) == batch, "seed \(seed)")
    }

    @Test("a batch without resources is a batch")
    func empty() throws {
        let batch = SampleBatch(
            host: "compute1", epoch: 0, sequence: 0, polledAt: Instant(nanoseconds: 0), interval: .zero, meters: [],
            resources: [])
        #expect(try decoded(batch.encode()) == batch)
    }

    @Test(
        "every double keeps its bits",
        arguments: [
            0, -0.0, 1, -1, 0.1, -2.5, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, .nan,
            9_007_199_254_740_992,
            -1_234_567_890,
            Double(1 << 61), Double(1 << 62), -Double(1 << 61), .greatestFiniteMagnitude,
        ])
    func values(value: Double) throws {
        let batch = SampleBatch.single(value: value)
        let read = try #require(try decoded(batch.encode()).resources.first?.readings.first?.value)
        #expect(read.bitPattern == value.bitPattern)
    }

    @Test(
        "ids keep their text, whatever looks like a UUID in them",
        arguments: [
            "", "compute1", "8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e", "8C3FBC0E-0D6F-4A3C-9A51-0A3A5C0A1F6E",
            "8c3fbc0e0d6f4a3c9a510a3a5c0a1f6e", "8c3fbc0e0d6f4a3c9a510a3a5c0a1f6g",
            "8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e-vda",
            "instance-0000002a-8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e-tap1234abcd-ef",
            "8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e",
            "x-8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6X-8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e", "Rechner-ä-☃",
        ])
    func texts(id: String) throws {
        let batch = SampleBatch.single(id: ResourceID(id))
        #expect(try decoded(batch.encode()).resources.first?.id.text == id)
    }

    @Test("a steady host of fifty servers takes at most twelve bytes a sample")
    func size() throws {
        let batch = SampleBatch.steadyHost(servers: 50)
        let bytes = batch.encode()
        let perSample = Double(bytes.count) / Double(batch.sampleCount)
        #expect(batch.sampleCount > 2_000)
        #expect(perSample <= 12, "\(bytes.count) bytes for \(batch.sampleCount) samples: \(perSample) each")
        #expect(try decoded(bytes) == batch)
    }

    @Test("the timestamp of a reading is the poll's start and its offset")
    func timestamp() {
        let batch = SampleBatch.single(value: 1)
        let reading = BatchReading(meter: 0, value: 1, offset: -1_500)
        #expect(batch.timestamp(of: reading) == batch.polledAt - .nanoseconds(1_500))
    }
}

func decoded(_ bytes: [UInt8]) throws(WireError) -> SampleBatch {
    let result: Result<SampleBatch, WireError> = bytes.withUnsafeBytes { buffer in
        do throws(WireError) { return .success(try SampleBatch(decoding: buffer)) } catch { return .failure(error) }
    }
    return try result.get()
}

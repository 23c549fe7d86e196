import Telemetry
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    private static let composed = ResourceID("caf\u{e9}")
    private static let decomposed = ResourceID("cafe\u{301}")

    @Test("ids of different bytes are two, as in PostgreSQL, though Swift's texts are equal")
    func bytes() {
        #expect(Self.composed.text == Self.decomposed.text)
        #expect(Self.composed != Self.decomposed)
        #expect(Set([Self.composed, Self.decomposed, Self.composed]).count == 2)
        #expect((Self.composed < Self.decomposed) != (Self.decomposed < Self.composed))
        #expect(!(Self.composed < Self.composed))
    }

    @Test("a batch keeps both")
    func batch() throws {
        let (first, second) = (SampleBatch.single(id: Self.composed), SampleBatch.single(id: Self.decomposed))
        let batch = SampleBatch(
            host: first.host, epoch: 1, sequence: 2, polledAt: first.polledAt, interval: first.interval,
            meters: first.meters, resources: first.resources + second.resources)
        let read = try decoded(batch.encode())
        #expect(read.resources.map(\.id) == [Self.composed, Self.decomposed])
    }
}

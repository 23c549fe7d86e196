import Foundation
import JSON
import Testing

/// Random and damaged documents, read by this reader and by Foundation's.
@Suite("JSON against Foundation's reader")
struct JSONDifferentialTests {
    private static let documentCount = 2_000
    private static let damagePerDocument = 6

    @Test("random documents read the same", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) throws {
        var source = RandomDocument(seed: seed)
        for _ in 0..<Self.documentCount {
            let text = source.text()
            let ours = try JSONValue(parsing: text)
            let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            #expect(same(ours, theirs), "seed \(seed): \(text)")
            #expect(try JSONValue(parsing: ours.text) == ours, "seed \(seed): \(text)")
        }
    }

    @Test("damaged documents are accepted by both or by none, and mean the same", arguments: [4, 5, 6] as [UInt64])
    func damaged(seed: UInt64) throws {
        var source = RandomDocument(seed: seed)
        for _ in 0..<Self.documentCount {
            var bytes = Array(source.text().utf8)
            for _ in 0..<Self.damagePerDocument {
                source.damage(&bytes)
                compare(bytes, seed: seed)
            }
        }
    }

    @Test("random numbers are read to the last bit", arguments: [7, 8] as [UInt64])
    func numbers(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<Self.documentCount {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            #expect(try JSONDocument(parsing: number.description).root.double?.bitPattern == number.bitPattern)
            let short = "\(Int32(truncatingIfNeeded: random.next())).\(random.next(below: 100_000))"
            #expect(try JSONDocument(parsing: short).root.double?.bitPattern == Double(short)?.bitPattern)
        }
    }

    private func compare(_ bytes: [UInt8], seed: UInt64) {
        let ours = Result { () throws(JSONError) in try JSONValue(parsing: bytes) }
        let theirs = Result {
            try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        }
        switch (ours, theirs) {
        case (.success(let ours), .success(let theirs)):
            #expect(same(ours, theirs), "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        case (.failure, .failure):
            break
        case (.failure(let error), .success):
            #expect(Self.isStricter(error, bytes), "seed \(seed): \(error) in \(bytes)")
        case (.success, .failure(let error)):
            Issue.record("seed \(seed): Foundation refuses \(bytes): \(error)")
        }
    }

    /// What Foundation lets pass although RFC 8259 does not: bytes after a zero byte, a byte order mark, half a surrogate pair, and
    /// a comma after the last member.
    private static func isStricter(_ error: JSONError, _ bytes: [UInt8]) -> Bool {
        if bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) || error.reason == .loneSurrogate {
            return true
        }
        return bytes[..<error.position].last { $0 > 0x20 } == UInt8(ascii: ",")
            && bytes[error.position] == UInt8(ascii: "}")
    }

    /// Foundation reads some numbers through `Decimal`, whose conversion to `Double` loses some last places; the test of random
    /// numbers is the one for exactness.
    private static func isClose(_ ours: Double, _ theirs: Double) -> Bool {
        abs(ours - theirs) <= 1e-13 * abs(ours)
    }

    private func same(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch (ours, theirs) {
        case (.null, is NSNull): true
        case (.string(let value), let text as String): value.unicodeScalars.elementsEqual(text.unicodeScalars)
        case (.array(let values), let list as [Any]):
            values.count == list.count && zip(values, list).allSatisfy { same($0, $1) }
        case (.object(let members), let table as [String: Any]):
            members.count >= table.count
                && members.allSatisfy { member in table[member.key].map { same(member.value, $0) } ?? false }
        case (.bool(let value), let number as NSNumber): number.boolValue == value
        case (.int(let value), let number as NSNumber): number.int64Value == value
        case (.double(let value), let number as NSNumber): Self.isClose(value, number.doubleValue)
        default: false
        }
    }
}

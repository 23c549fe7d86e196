import Foundation
import Telemetry
import TestKit
import Testing

@testable import Collector

@Suite("The spool")
struct SpoolTests {
    private func records(_ count: Int, size: Int = 20, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<count).map { _ in
            (0..<Int.random(in: 1...size, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        }
    }

    private func drain(_ spool: Spool) throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        while let record = try spool.first() {
            all.append(record)
            try spool.removeFirst()
        }
        return all
    }

    @Test("what goes in comes out in order, over any number of restarts, and nothing twice", arguments: UInt64(1)...12)
    func queue(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withFolder { folder in
            let limits = SpoolLimits(quota: 1 << 20 / 16)
            var spool: Spool? = try Spool.open(folder, limits: limits)
            var model: [[UInt8]] = []
            for step in 0..<120 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0:
                    spool = nil
                    spool = try Spool.open(folder, limits: limits)
                    #expect(
                        spool?.recovered == .init(records: model.count, damagedBytes: 0), "seed \(seed) step \(step)")
                case 1...5:
                    let record = records(1, size: 400, using: &random)[0]
                    #expect(spool?.append(record).failure == nil)
                    model.append(record)
                default:
                    #expect(try spool?.first() == model.first, "seed \(seed) step \(step)")
                    guard !model.isEmpty else { continue }
                    try spool?.removeFirst()
                    model.removeFirst()
                }
                #expect(spool?.count == model.count, "seed \(seed) step \(step)")
            }
            let rest = try spool.map(drain)
            #expect(rest == model, "seed \(seed)")
        }
    }

    @Test("a segment cut anywhere gives the records before the cut and counts the rest")
    func truncation() throws {
        var random = SeededGenerator(seed: 5)
        let written = records(4, size: 10, using: &random)
        try withFolder { folder in
            do {
                let spool = try Spool.open(folder, limits: SpoolLimits())
                for record in written { _ = spool.append(record) }
            }
            let path = try #require(segmentFiles(folder).first)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for length in 0..<whole.count {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                let spool = try Spool.open(folder, limits: SpoolLimits())
                let kept = try drain(spool)
                #expect(kept == Array(written.prefix(kept.count)), "\(length) bytes")
                let size = kept.reduce(length < 8 ? 0 : 8) { $0 + 8 + $1.count }
                #expect(spool.recovered == .init(records: kept.count, damagedBytes: length - size), "\(length) bytes")
                try removeAll(folder)
            }
        }
    }

    @Test("any flipped bit is found: the records before it come out, and what follows is counted")
    func bitFlips() throws {
        var random = SeededGenerator(seed: 6)
        let written = records(3, size: 4, using: &random)
        try withFolder { folder in
            do {
                let spool = try Spool.open(folder, limits: SpoolLimits())
                for record in written { _ = spool.append(record) }
            }
            let path = try #require(segmentFiles(folder).first)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for bit in 0..<whole.count * 8 {
                var harmed = whole
                harmed[bit / 8] ^= 1 << UInt8(bit % 8)
                try harmed.write(to: URL(fileURLWithPath: path))
                let spool = try Spool.open(folder, limits: SpoolLimits())
                let kept = try drain(spool)
                #expect(kept.count < written.count && kept == Array(written.prefix(kept.count)), "bit \(bit)")
                #expect(spool.recovered.damagedBytes > 0, "bit \(bit)")
                try removeAll(folder)
            }
        }
    }

    @Test("damage that comes while the spool is open is passed over with its segment, and later segments are read")
    func laterDamage() throws {
        try withFolder { folder in
            let spool = try Spool.open(folder, limits: SpoolLimits(quota: 800))
            for number in UInt8(0)..<9 { _ = spool.append([UInt8](repeating: number, count: 40)) }
            let first = try #require(segmentFiles(folder).first)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: first))
            bytes[20] ^= 1
            try bytes.write(to: URL(fileURLWithPath: first))
            let next = try spool.first()
            #expect(next?.first ?? 0 > 0)
            #expect(spool.damagedBytes > 0)
            #expect(try drain(spool).last == [UInt8](repeating: 8, count: 40))
        }
    }

    @Test("a segment that the disk cannot read any more is passed over and counted, at reading and at the quota")
    func unreadable() throws {
        try withFolder { folder in
            let spool = try Spool.open(folder, limits: SpoolLimits(quota: 800))
            for number in UInt8(0)..<9 { _ = spool.append([UInt8](repeating: number, count: 40)) }
            let files = try segmentFiles(folder)
            try breakReading(files[0])
            let next = try #require(try spool.first()?.first)
            #expect(next > 0)
            #expect(spool.damagedBytes == Int(next) * 48)
            try breakReading(files[1])
            let before = spool.count
            var dropped: [[UInt8]] = []
            while spool.damagedBytes == Int(next) * 48 {
                let appended = spool.append([UInt8](repeating: 9, count: 40))
                #expect(appended.failure == nil)
                dropped += appended.dropped
            }
            #expect(dropped.isEmpty)
            #expect(spool.count <= before + 9)
            #expect(try drain(spool).last?.first == 9)
        }
    }

    @Test("a spool opens with a segment that cannot be read")
    func unreadableAtOpening() throws {
        try withFolder { folder in
            do {
                let spool = try Spool.open(folder, limits: SpoolLimits())
                _ = spool.append([1])
            }
            // A pipe opens like a file and cannot be read at an offset.
            #expect(mkfifo(folder + "/0000000000000000.segment", 0o600) == 0)
            let spool = try Spool.open(folder, limits: SpoolLimits())
            #expect(try drain(spool) == [[1]])
        }
    }

    /// Puts a pipe in the place of this process's open file, which then cannot be read at an offset.
    private func breakReading(_ path: String) throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let descriptor = Int32(name),
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == real
            else { continue }
            #expect(dup2(ends[0], descriptor) == descriptor)
        }
    }

    @Test("above the quota the oldest records go, and are handed back to be counted")
    func quota() throws {
        try withFolder { folder in
            let limits = SpoolLimits(quota: 2_000)
            let spool = try Spool.open(folder, limits: limits)
            var dropped: [[UInt8]] = []
            let written = (0..<100).map { [UInt8](repeating: UInt8($0), count: 60) }
            for record in written {
                dropped += spool.append(record).dropped
                #expect(spool.size <= limits.quota)
            }
            #expect(!dropped.isEmpty)
            #expect(try dropped + drain(spool) == written)
        }
    }

    @Test("while the disk takes nothing records wait in memory, in order, and go to the disk when it does")
    func refusingDisk() throws {
        try withFolder { folder in
            let spool = try Spool.open(folder, limits: SpoolLimits(quota: 400, memory: 100))
            _ = spool.append([UInt8](repeating: 0, count: 60))
            // A folder in the place of the next segment is a disk that refuses it.
            let obstacle = folder + "/0000000000000002.segment"
            try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
            var dropped: [[UInt8]] = []
            for number in UInt8(1)...3 {
                let appended = spool.append([UInt8](repeating: number, count: 45))
                #expect(appended.failure != nil)
                dropped += appended.dropped
            }
            #expect(dropped == [[UInt8](repeating: 1, count: 45)])
            #expect(try spool.first()?.first == 0)
            try FileManager.default.removeItem(atPath: obstacle)
            #expect(spool.append([4]).failure == nil)
            #expect(try drain(spool).map { $0[0] } == [0, 2, 3, 4])
        }
    }

    @Test("a spool belongs to one process")
    func lock() throws {
        try withFolder { folder in
            let first = try Spool.open(folder, limits: SpoolLimits())
            let error = #expect(throws: SpoolError.self) { _ = try Spool.open(folder, limits: SpoolLimits()) }
            #expect(error?.isInUse == true)
            withExtendedLifetime(first) {}
        }
    }

    @Test("a head that was not written to its end means that everything is sent again, never that something is not")
    func tornHead() throws {
        for text in ["", "1", "x y", "1 ", "18446744073709551615"] {
            try withFolder { folder in
                do {
                    let spool = try Spool.open(folder, limits: SpoolLimits())
                    for number in UInt8(0)..<3 { _ = spool.append([number]) }
                    try spool.removeFirst()
                }
                try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/head"))
                #expect(try drain(Spool.open(folder, limits: SpoolLimits())) == [[0], [1], [2]], "head '\(text)'")
            }
        }
    }

    @Test("an incarnation is later than every one before, even where the clock was set back")
    func epochs() throws {
        try withFolder { folder in
            let spool = try Spool.open(folder, limits: SpoolLimits())
            #expect(try spool.nextEpoch(at: Instant(nanoseconds: 1_000)) == 1_000)
            #expect(try spool.nextEpoch(at: Instant(nanoseconds: 500)) == 1_001)
            #expect(try spool.nextEpoch(at: Instant(nanoseconds: 5_000)) == 5_000)
        }
    }

    /// Everything but the folder itself, so that the next opening begins with what is written then.
    private func removeAll(_ folder: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }
}

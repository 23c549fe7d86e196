import Telemetry

/// A queue of batches on disk: bounded, checksummed, first in first out, and still there after a crash.
///
/// Every record is on the disk (`fdatasync`) when `append` returns. What was removed is noted without waiting for the disk,
/// so that a crash may bring records back that were sent: readers know batches by their number. Above the quota the oldest
/// segment goes, and its records are handed back to be counted. While the disk takes nothing, records wait in memory up to a
/// limit of their own.
///
/// Not safe for two threads; its owner is an actor on a thread of its own, as all calls block.
final class Spool {
    private let folder: SpoolFolder
    private let limits: SpoolLimits
    private let lock: SpoolFile
    private var segments: [SpoolSegment] = []
    /// Newer than all that is on the disk.
    private var overflow: [[UInt8]] = []
    private var nextSegment: UInt64 = 1

    /// What an earlier process left.
    let recovered: Recovery

    struct Recovery: Hashable, Sendable {
        var records = 0
        /// Bytes that could not be read as records.
        var damagedBytes = 0
    }

    /// What came of adding a record.
    struct Appended {
        /// Records that had to go, oldest first.
        var dropped: [[UInt8]] = []
        /// Why the record waits in memory.
        var failure: SpoolError?
    }

    /// Takes the folder for this process and reads what is in it.
    static func open(_ path: String, limits: SpoolLimits) throws(SpoolError) -> Spool {
        let folder = try SpoolFolder(path)
        let lock = try SpoolFile(folder.file("lock"), flags: SpoolFile.lockFlags)
        try lock.lock()
        return try Spool(folder: folder, limits: limits, lock: lock)
    }

    private init(folder: SpoolFolder, limits: SpoolLimits, lock: SpoolFile) throws(SpoolError) {
        self.folder = folder
        self.limits = limits
        self.lock = lock
        var recovery = Recovery()
        let head = try Head(text: folder.text(of: Head.name) ?? "")
        // A number that the head has passed must not come again, or new records would be taken for done.
        nextSegment = max(nextSegment, (head?.segment ?? 0) &+ 1)
        for number in try folder.segments() {
            var segment = try SpoolSegment(recovering: number, in: folder, damage: &recovery.damagedBytes)
            if let head, number <= head.segment {
                segment.remove(before: number < head.segment ? .max : head.offset)
            }
            recovery.records += segment.records.count
            nextSegment = max(nextSegment, number &+ 1)
            if segment.records.isEmpty {
                try folder.remove(SpoolSegment.name(number))
            } else {
                segments.append(segment)
            }
        }
        recovered = recovery
        damagedBytes = recovery.damagedBytes
    }

    /// Bytes that were found damaged since the spool was opened, at recovery or later.
    private(set) var damagedBytes: Int

    var count: Int { segments.reduce(overflow.count) { $0 + $1.records.count } }

    /// Bytes on disk and in memory.
    var size: Int { segments.reduce(overflowSize) { $0 + $1.end } }

    /// Adds a record, and drops the oldest where that is above the quota.
    func append(_ record: [UInt8]) -> Appended {
        var result = Appended()
        overflow.append(record)
        do throws(SpoolError) {
            while let next = overflow.first {
                try write(next)
                overflow.removeFirst()
            }
        } catch {
            result.failure = error
            while overflowSize > limits.memory, overflow.count > 1 { result.dropped.append(overflow.removeFirst()) }
        }
        do throws(SpoolError) {
            while segments.count > 1, segments.reduce(0, { $0 + $1.end }) > limits.quota {
                let (records, damage) = segments[0].contents()
                result.dropped += records
                damagedBytes += damage
                try removeFirstSegment()
            }
        } catch {
            result.failure = error
        }
        return result
    }

    /// The oldest record; nil where there is none.
    ///
    /// Those that are damaged or that the disk cannot read are passed over with the rest of their segment, and counted.
    func first() throws(SpoolError) -> [UInt8]? {
        while let segment = segments.first {
            if let content = segment.first() { return content }
            if let offset = segment.records.first { damagedBytes += segment.end - offset }
            try removeFirstSegment()
        }
        return overflow.first
    }

    /// Removes the oldest record, after `first` has given it.
    func removeFirst() throws(SpoolError) {
        guard !segments.isEmpty else {
            overflow.removeFirst()
            return
        }
        let offset = segments[0].records[0]
        segments[0].removeFirst()
        let isDone = segments[0].records.isEmpty
        if isDone, segments.count > 1 || segments[0].end >= limits.segment / 2 {
            try removeFirstSegment()
        } else {
            try folder.replace(
                Head.name, with: Head(segment: segments[0].number, offset: offset + 1).text, isDurable: false)
        }
    }

    /// The number of an incarnation: later than all before it, even where the clock was set back.
    func nextEpoch(at now: Instant) throws(SpoolError) -> UInt64 {
        let last = try folder.text(of: "epoch").flatMap { UInt64($0) } ?? 0
        let epoch = max(UInt64(clamping: now.nanoseconds), last &+ 1)
        try folder.replace("epoch", with: "\(epoch)", isDurable: true)
        return epoch
    }

    private var overflowSize: Int { overflow.reduce(0) { $0 + $1.count } }

    private func write(_ record: [UInt8]) throws(SpoolError) {
        // A segment that holds nothing more begins anew at half its size, so that a spool in good times stays small.
        if segments.last.map({ $0.end >= limits.segment }) ?? true {
            segments.append(try SpoolSegment(making: nextSegment, in: folder))
            nextSegment += 1
        }
        let last = segments.count - 1
        do throws(SpoolError) {
            try segments[last].append(record)
        } catch {
            try segments[last].discardTail()
            throw error
        }
    }

    private func removeFirstSegment() throws(SpoolError) {
        let segment = segments.removeFirst()
        try folder.remove(SpoolSegment.name(segment.number))
    }

    /// How far the queue was emptied, as it is noted on disk.
    private struct Head {
        static let name = "head"
        let segment: UInt64
        /// Records that begin before it are done.
        let offset: Int

        var text: String { "\(segment) \(offset)" }

        init(segment: UInt64, offset: Int) {
            self.segment = segment
            self.offset = offset
        }

        /// Nil for a text that was not written to its end, so that everything is sent again.
        init?(text: String) {
            let numbers = text.split(separator: " ")
            guard numbers.count == 2, let segment = UInt64(numbers[0]), let offset = Int(numbers[1]) else { return nil }
            self.init(segment: segment, offset: offset)
        }
    }
}

/// How large a spool may become.
package struct SpoolLimits: Hashable, Sendable {
    /// Bytes on disk; a steady host of fifty servers fills the default in two days without a broker.
    package let quota: Int
    /// Bytes in memory while the disk takes nothing.
    package let memory: Int
    /// Bytes after which a new file is begun; what is dropped at a time when the quota is reached.
    package let segment: Int

    package static let standardQuota = 64 << 20
    package static let standardMemory = 16 << 20
    /// A segment larger than this is slow to check at the start; smaller ones make many files.
    private static let largestSegment = 4 << 20
    /// The quota holds at least so many segments, so that reaching it drops a small part.
    private static let segmentsInQuota = 8

    package init(quota: Int = Self.standardQuota, memory: Int = Self.standardMemory) {
        self.quota = quota
        self.memory = memory
        self.segment = max(1, min(Self.largestSegment, quota / Self.segmentsInQuota))
    }
}

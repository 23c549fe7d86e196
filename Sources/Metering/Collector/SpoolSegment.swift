import Glibc
import Telemetry

/// One file of the spool: a header and records, each with its length and checksum.
///
/// Layout: the eight bytes `NEPHSPL1`; then per record its length (four bytes, lowest first), the CRC-32C of the length's
/// bytes and the content, and the content.
struct SpoolSegment {
    static let suffix = ".segment"
    static let header = Array("NEPHSPL1".utf8)
    static let recordHeaderSize = 8

    let number: UInt64
    /// Where the records end; bytes behind are damaged or half written.
    private(set) var end: Int
    /// The offsets of the records that are not yet removed, from the oldest.
    private(set) var records: [Int]
    private let file: SpoolFile

    static func name(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + suffix
    }

    /// Makes a new segment.
    init(making number: UInt64, in folder: SpoolFolder) throws(SpoolError) {
        self.number = number
        file = try SpoolFile(folder.file(Self.name(number)), flags: O_RDWR | O_CREAT | O_TRUNC)
        try file.write(Self.header, at: 0)
        try file.synchronize()
        try folder.synchronize()
        end = Self.header.count
        records = []
    }

    /// Opens a segment that an earlier process left and finds its records up to the first damage, or to what the disk cannot
    /// read.
    ///
    /// The bytes from there to the end of the file are added to `damage`.
    init(recovering number: UInt64, in folder: SpoolFolder, damage: inout Int) throws(SpoolError) {
        self.number = number
        file = try SpoolFile(folder.file(Self.name(number)), flags: O_RDWR)
        records = []
        let size = try file.size
        guard file.readable(Self.header.count, at: 0) == Self.header else {
            end = 0
            damage += size
            return
        }
        end = Self.header.count
        while let content = content(at: end) {
            records.append(end)
            end += Self.recordHeaderSize + content.count
        }
        damage += size - end
    }

    /// Adds a record and waits until it is on the disk.
    ///
    /// Where that fails the segment is as before: what was written in part is cut off or lies behind the end, where the next
    /// record is written over it.
    mutating func append(_ content: [UInt8]) throws(SpoolError) {
        let length = Self.bytes(UInt32(content.count))
        try file.write(length + Self.bytes(Self.checksum(length, content)) + content, at: end)
        try file.synchronize()
        records.append(end)
        end += Self.recordHeaderSize + content.count
    }

    /// Cuts off what a failed `append` left; without this a restart would take it for damage.
    func discardTail() throws(SpoolError) {
        try file.truncate(to: end)
    }

    /// The oldest record; nil where it is damaged.
    func first() -> [UInt8]? {
        records.first.flatMap { content(at: $0) }
    }

    mutating func removeFirst() {
        records.removeFirst()
    }

    /// Removes the records before an offset, which were removed already when the process ended.
    mutating func remove(before offset: Int) {
        records.removeAll { $0 < offset }
    }

    /// The contents of all records that can be read, and how many bytes cannot.
    func contents() -> (records: [[UInt8]], damage: Int) {
        var contents: [[UInt8]] = []
        var damage = 0
        for (offset, next) in zip(records, records.dropFirst() + [end]) {
            if let content = content(at: offset) { contents.append(content) } else { damage += next - offset }
        }
        return (contents, damage)
    }

    /// The record at an offset; nil where it is damaged or the disk cannot read it.
    private func content(at offset: Int) -> [UInt8]? {
        guard let header = file.readable(Self.recordHeaderSize, at: offset), header.count == Self.recordHeaderSize
        else { return nil }
        let length = Array(header[..<4])
        let size = Int(Self.number(header[..<4]))
        guard size <= SampleBatch.wireSizeLimit,
            let content = file.readable(size, at: offset + Self.recordHeaderSize), content.count == size,
            Self.checksum(length, content) == Self.number(header[4...])
        else { return nil }
        return content
    }

    private static func checksum(_ length: [UInt8], _ content: [UInt8]) -> UInt32 {
        (length + content).withUnsafeBytes(CRC32C.checksum)
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

import Telemetry

/// How a batch counts its times: from the earliest instant in the greatest unit that serves all; and, where few
/// distinct times occur, as in the polls of some hosts, by their number in a list.
struct BatchTimes: Hashable, Sendable {
    let interval: ClosedRange<Instant>
    private let unit: Int64
    /// The distinct offsets in order; empty where offsets are stored themselves.
    private let listed: [Int64]

    /// A list pays where it names each time often enough; and its limit keeps headers small.
    private static let listLimit = 4_096
    private static let usesPerListed = 4

    /// Takes the times of a batch, at least one.
    init(_ timestamps: [Instant]) {
        let earliest = timestamps.min() ?? Instant(nanoseconds: 0)
        let latest = timestamps.max() ?? earliest
        interval = earliest...latest
        let offsets = Set(timestamps).map { $0.nanoseconds &- earliest.nanoseconds }
        unit = TimestampColumn.unit(of: offsets)
        let isListed = offsets.count <= Self.listLimit && offsets.count * Self.usesPerListed <= timestamps.count
        let unit = unit
        listed = isListed ? offsets.map { $0 / unit }.sorted() : []
    }

    init(_ reader: inout ByteReader) throws(CodecError) {
        let earliest = try reader.signed()
        let latest = earliest &+ Int64(bitPattern: try reader.varint())
        guard latest >= earliest else { throw .malformed(.timestamp) }
        interval = Instant(nanoseconds: earliest)...Instant(nanoseconds: latest)
        guard let unit = Int64(exactly: try reader.varint()), unit > 0 else { throw .malformed(.timestamp) }
        self.unit = unit
        listed = try IntegerColumn.read(try reader.count(.timestamp, limit: Self.listLimit), from: &reader)
    }

    func write(to writer: inout ByteWriter) {
        writer.signed(interval.lowerBound.nanoseconds)
        writer.varint(UInt64(bitPattern: interval.upperBound.nanoseconds &- interval.lowerBound.nanoseconds))
        writer.varint(UInt64(unit))
        writer.varint(listed.count)
        IntegerColumn.write(listed, to: &writer)
    }

    /// The numbers of times that occur in the batch.
    func numbers(of timestamps: ArraySlice<Instant>) -> [Int64] {
        let offsets = timestamps.map { ($0.nanoseconds &- interval.lowerBound.nanoseconds) / unit }
        return listed.isEmpty ? offsets : offsets.map { Int64(listed.position(of: $0)) }
    }

    /// The times of these numbers.
    func timestamps(of numbers: [Int64]) throws(CodecError) -> [Instant] {
        var timestamps: [Instant] = []
        timestamps.reserveCapacity(numbers.count)
        for number in numbers {
            if !listed.isEmpty, !(0..<Int64(listed.count)).contains(number) { throw .malformed(.timestamp) }
            let offset = listed.isEmpty ? number : listed[Int(number)]
            let instant = Instant(nanoseconds: interval.lowerBound.nanoseconds &+ offset &* unit)
            guard interval.contains(instant) else { throw .malformed(.timestamp) }
            timestamps.append(instant)
        }
        return timestamps
    }
}

extension [Int64] {
    /// The position of the first element that isn't less, in an ordered array.
    fileprivate func position(of value: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

package import Telemetry

/// A whole ingest batch as bytes, in blocks of 128 measures with a directory, so that one metric is found without
/// reading all.
///
/// The header and each block carry a checksum of their own. Format: `docs/specs/measure-codecs.md`.
package struct PackedBatch: Hashable, Sendable {
    package let bytes: [UInt8]
    /// The measures in the batch.
    package let count: Int
    /// The earliest and the latest instant of any measure.
    package let interval: ClosedRange<Instant>
    let times: BatchTimes
    let blocks: [Block]

    /// One entry of the directory.
    struct Block: Hashable, Sendable {
        let firstMetric: MetricID
        let count: Int
        /// Where its bytes are, its checksum included.
        let range: Range<Int>
    }

    /// Measures of one batch: more than one ingest transaction takes, and 24 MiB once unpacked.
    package static let countLimit = 1 << 20

    /// Small enough that finding one metric costs a few microseconds, great enough that a block's head costs a tenth of
    /// a byte per measure.
    static let blockSize = 128

    private static let format: UInt8 = 0x31

    /// Opens a batch from the store: reads and verifies the header, and nothing of the blocks.
    package init(bytes: [UInt8]) throws(CodecError) {
        var reader = ByteReader(bytes)
        let format = try reader.byte()
        guard format == Self.format else { throw .formatUnknown(format) }
        let headerSize = try reader.count(.length, limit: .max)
        var header = ByteReader(bytes, in: try Sealed.open(bytes, in: try reader.skip(headerSize)))
        let count = try header.count(.count, limit: Self.countLimit)
        guard count > 0 else { throw .malformed(.count) }
        let times = try BatchTimes(&header)
        var blocks: [Block] = []
        let blockCount = (count + Self.blockSize - 1) / Self.blockSize
        // An entry of the directory takes two bytes at least.
        guard blockCount <= header.remaining / 2 else { throw .truncated }
        blocks.reserveCapacity(blockCount)
        var metric: Int64 = 0
        for index in 0..<blockCount {
            let step = index == 0 ? try header.signed() : Int64(bitPattern: try header.varint())
            let (next, overflow) = metric.addingReportingOverflow(step)
            guard !overflow, index == 0 || step >= 0 else { throw .malformed(.directory) }
            metric = next
            let size = try header.count(.length, limit: .max)
            let blockCount = min(Self.blockSize, count - index * Self.blockSize)
            blocks.append(Block(firstMetric: MetricID(metric), count: blockCount, range: try reader.skip(size)))
        }
        try header.expectEnd()
        try reader.expectEnd()
        self.bytes = bytes
        self.count = count
        self.interval = times.interval
        self.times = times
        self.blocks = blocks
    }

    /// Packs a batch.
    ///
    /// - Precondition: at least one measure and at most `countLimit`.
    package init(_ batch: MeasureBatch) {
        precondition((1...Self.countLimit).contains(batch.count), "a batch has from one to \(Self.countLimit) measures")
        let times = BatchTimes(batch.timestamps)
        var header = ByteWriter()
        header.varint(batch.count)
        times.write(to: &header)
        var body = ByteWriter()
        var blocks: [Block] = []
        for start in stride(from: 0, to: batch.count, by: Self.blockSize) {
            let range = start..<min(start + Self.blockSize, batch.count)
            let first = batch.metrics[start]
            let block = Sealed.seal(BatchBlock.bytes(of: batch, in: range, times: times))
            if let last = blocks.last {
                header.varint(UInt64(bitPattern: first.number &- last.firstMetric.number))
            } else {
                header.signed(first.number)
            }
            header.varint(block.count)
            blocks.append(
                Block(firstMetric: first, count: range.count, range: body.bytes.count..<body.bytes.count + block.count))
            body.append(block)
        }
        let sealed = Sealed.seal(header.bytes)
        var writer = ByteWriter()
        writer.byte(Self.format)
        writer.varint(sealed.count)
        writer.append(sealed)
        let offset = writer.bytes.count
        writer.append(body.bytes)
        bytes = writer.bytes
        count = batch.count
        interval = times.interval
        self.times = times
        self.blocks = blocks.map {
            Block(
                firstMetric: $0.firstMetric, count: $0.count,
                range: $0.range.lowerBound + offset..<$0.range.upperBound + offset)
        }
    }

    /// All measures of the batch.
    package func batch() throws(CodecError) -> MeasureBatch { try read(blocks[...]) }

    /// The measures of one metric, in order of time; none where the batch has none of it.
    ///
    /// Reads only the blocks that
    /// may hold it.
    package func measures(of metric: MetricID) throws(CodecError) -> Measures {
        let batch = try read(blocks(holding: metric))
        let indices = batch.metrics.indices.filter { batch.metrics[$0] == metric }
        return Measures(timestamps: indices.map { batch.timestamps[$0] }, values: indices.map { batch.values[$0] })
    }

    /// From the last block that begins before the metric to the last that begins with it.
    private func blocks(holding metric: MetricID) -> ArraySlice<Block> {
        let notBefore = blocks.partitioningIndex { $0.firstMetric >= metric }
        let after = blocks.partitioningIndex { $0.firstMetric > metric }
        return blocks[max(0, notBefore - 1)..<after]
    }

    private func read(_ blocks: ArraySlice<Block>) throws(CodecError) -> MeasureBatch {
        var metrics: [MetricID] = []
        var timestamps: [Instant] = []
        var values: [Double] = []
        for block in blocks {
            let columns = try BatchBlock.columns(of: block, in: bytes, times: times)
            if let last = metrics.last, let lastTime = timestamps.last, let first = columns.metrics.first,
                let firstTime = columns.timestamps.first, (first, firstTime) < (last, lastTime)
            {
                throw .malformed(.metric)
            }
            metrics += columns.metrics
            timestamps += columns.timestamps
            values += columns.values
        }
        return MeasureBatch(metrics: metrics, timestamps: timestamps, values: values)
    }
}

extension Array {
    /// The position of the first element for which the condition holds, given that it then holds for all after it.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

import Telemetry

/// Up to 128 measures of a packed batch: the metrics' distances from the first one, the numbers of the times, the
/// values.
enum BatchBlock {
    typealias Columns = (metrics: [MetricID], timestamps: [Instant], values: [Double])

    static func bytes(of batch: MeasureBatch, in range: Range<Int>, times: BatchTimes) -> [UInt8] {
        let metrics = batch.metrics[range]
        let first = batch.metrics[range.lowerBound].number
        var writer = ByteWriter()
        IntegerColumn.write(metrics.map { $0.number &- first }, to: &writer)
        IntegerColumn.write(times.numbers(of: batch.timestamps[range]), to: &writer)
        MixedValueColumn.write(batch.values[range], isContinued: isContinued(Array(metrics)), to: &writer)
        return writer.bytes
    }

    static func columns(of block: PackedBatch.Block, in bytes: [UInt8], times: BatchTimes) throws(CodecError) -> Columns
    {
        var reader = ByteReader(bytes, in: try Sealed.open(bytes, in: block.range))
        let first = block.firstMetric.number
        let metrics = try IntegerColumn.read(block.count, from: &reader).map { MetricID(first &+ $0) }
        let timestamps = try times.timestamps(of: try IntegerColumn.read(block.count, from: &reader))
        let values = try MixedValueColumn.read(isContinued: isContinued(metrics), from: &reader)
        try reader.expectEnd()
        let keys = zip(metrics, timestamps)
        guard metrics.first == block.firstMetric, zip(keys, keys.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw .malformed(.metric)
        }
        return (metrics, timestamps, values)
    }

    /// Of each metric, whether it is the one before it.
    private static func isContinued(_ metrics: [MetricID]) -> [Bool] {
        metrics.indices.map { $0 > 0 && metrics[$0] == metrics[$0 - 1] }
    }
}

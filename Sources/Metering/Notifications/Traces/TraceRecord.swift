package import JSON

/// One Kafka record of a recorded trace: a line `{topic, partition, offset, timestamp_ms, key, value}`, of which only the topic and
/// the value must be there.
package struct TraceRecord: Sendable {
    package let topic: String
    /// Nil where the line does not tell.
    package let partition: Int64?
    /// The broker's time, in milliseconds since 1970; nil where the line does not tell.
    package let timestampMilliseconds: Int64?
    /// Nil for a record without a key.
    package let key: [UInt8]?
    package let value: [UInt8]

    /// A line holds a message once more escaped, which can double its size.
    private static let lineSizeLimit = 64 << 20

    package init(line: UnsafeRawBufferPointer) throws(TraceLineError) {
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONDocument(parsing: line, limits: JSONLimits(sizeLimit: Self.lineSizeLimit)).root
        } catch {
            throw .notJSON(error)
        }
        guard let topic = root["topic"]?.string else { throw .memberMissing("topic") }
        guard let value = root["value"]?.stringBytes else { throw .memberMissing("value") }
        self.topic = topic
        self.partition = root["partition"]?.int
        self.timestampMilliseconds = root["timestamp_ms"]?.int
        self.key = root["key"]?.stringBytes
        self.value = value
    }
}

/// Why a line of a trace is no record.
package enum TraceLineError: Error, Hashable, Sendable, CustomStringConvertible {
    case notJSON(JSONError)
    case memberMissing(String)

    package var description: String {
        switch self {
        case .notJSON(let error): "\(error)"
        case .memberMissing(let name): "the member \(name) is missing or of the wrong kind"
        }
    }
}

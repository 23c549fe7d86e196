internal import CRdKafka

/// What went wrong in a call of librdkafka, or what a broker answered.
///
/// Failures that belong to one message or one partition are values of this type inside results; a thrown one means that
/// the call as a whole did nothing.
package struct KafkaError: Error, Hashable, Sendable {
    package let code: KafkaErrorCode
    /// What was tried: `produce`, `assign`, `create topic`.
    package let operation: String
    /// librdkafka's own text.
    package let message: String
    /// The partition that it concerns, where it concerns one.
    package let partition: TopicPartition?
    /// The same call may succeed later without anything being changed.
    package let isRetriable: Bool
    /// The client can't go on; make a new one.
    package let isFatal: Bool

    init(
        code: KafkaErrorCode, operation: String, message: String? = nil, partition: TopicPartition? = nil,
        isRetriable: Bool? = nil, isFatal: Bool? = nil
    ) {
        self.code = code
        self.operation = operation
        self.message = message ?? code.text
        self.partition = partition
        self.isRetriable = isRetriable ?? code.isTransient
        self.isFatal = isFatal ?? (code == .fatal)
    }

    /// Takes over an error object that librdkafka handed out, and frees it.
    init(consuming error: OpaquePointer, operation: String) {
        let code = KafkaErrorCode(rd_kafka_error_code(error))
        self.init(
            code: code, operation: operation, message: rd_kafka_error_string(error).map { String(cString: $0) },
            // librdkafka sets its flag for transactions only; a full queue, for one, is not flagged.
            isRetriable: rd_kafka_error_is_retriable(error) != 0 || code.isTransient,
            isFatal: rd_kafka_error_is_fatal(error) != 0)
        rd_kafka_error_destroy(error)
    }
}

extension KafkaError: CustomStringConvertible {
    package var description: String {
        let place = partition.map { " on \($0)" } ?? ""
        return "\(operation)\(place): \(message) (\(code.name))"
    }
}

extension KafkaError {
    /// Throws unless the code says that all went well.
    static func check(
        _ code: rd_kafka_resp_err_t, _ operation: String, partition: TopicPartition? = nil
    ) throws(KafkaError) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw KafkaError(code: KafkaErrorCode(code), operation: operation, partition: partition)
    }
}

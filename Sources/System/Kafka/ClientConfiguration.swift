internal import CRdKafka

/// The kind of a client.
enum ClientKind {
    case producer
    case consumer

    var raw: rd_kafka_type_t { self == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER }
}

/// A `rd_kafka_conf_t` while it is filled in; freed unless a client took it over.
struct ClientConfiguration: ~Copyable {
    private var pointer: OpaquePointer?

    init(_ properties: [(String, String)]) throws(KafkaError) {
        pointer = rd_kafka_conf_new()
        for (name, value) in properties {
            try set(name, value)
        }
    }

    deinit {
        if let pointer { rd_kafka_conf_destroy(pointer) }
    }

    private func set(_ name: String, _ value: String) throws(KafkaError) {
        let result = withErrorText { text, size in rd_kafka_conf_set(pointer, name, value, text, size) }
        guard result.value != RD_KAFKA_CONF_OK else { return }
        throw KafkaError(
            code: .invalidArgument, operation: "configure", message: "\(name)=\(value): \(result.text)", isFatal: true)
    }

    /// Calls C functions that register callbacks or events.
    func register(_ body: (OpaquePointer) -> Void) {
        if let pointer { body(pointer) }
    }

    /// The client; takes this configuration over where it succeeds.
    consuming func makeClient(_ kind: ClientKind) throws(KafkaError) -> OpaquePointer {
        let result = withErrorText { text, size in rd_kafka_new(kind.raw, pointer, text, size) }
        guard let client = result.value else {
            throw KafkaError(
                code: KafkaErrorCode(rd_kafka_last_error()), operation: "create client", message: result.text,
                isFatal: true)
        }
        pointer = nil
        return client
    }
}

/// Calls a C function that writes the reason of a failure into a buffer.
func withErrorText<Value>(
    _ body: (UnsafeMutablePointer<CChar>?, Int) -> Value
) -> (value: Value, text: String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: errorTextSize) { buffer in
        buffer.initialize(repeating: 0)
        let value = body(buffer.baseAddress, buffer.count)
        let text = buffer.baseAddress.map { String(cString: $0) } ?? ""
        return (value, text)
    }
}

/// librdkafka's own examples use 512 bytes, and it cuts longer texts.
private let errorTextSize = 512

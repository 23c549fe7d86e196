internal import CRdKafka
internal import Threading

extension ThreadExecutor {
    /// A thread for a client that was just made; destroys the client where the system refuses a thread.
    ///
    /// The refusal is a `KafkaError`, so that callers meet one kind of error.
    convenience init(name: String, serving client: OpaquePointer) throws(KafkaError) {
        do {
            try self.init(name: name)
        } catch {
            rd_kafka_destroy(client)
            throw KafkaError(
                code: .noThread, operation: "start thread", message: "\(error)", isRetriable: error.isRetriable)
        }
    }
}

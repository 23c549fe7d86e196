internal import CRdKafka
internal import Logging

/// Passes librdkafka's log lines and errors on to swift-log.
struct ClientLog: Sendable {
    let logger: Logger

    /// Logs one line of librdkafka; `level` is syslog's, `facility` librdkafka's name of the place.
    func line(level: Int32, facility: String, text: String) {
        logger.log(
            level: Self.level(syslog: level), "librdkafka",
            metadata: ["kafka.facility": "\(facility)", "kafka.text": "\(text)"])
    }

    /// A library speaks at debug or below: what matters reaches the service as a value.
    private static func level(syslog: Int32) -> Logger.Level {
        syslog <= 5 ? .debug : .trace
    }
}

extension ClientLog {
    /// Logs the line in a log event.
    func take(_ event: OpaquePointer) {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var level: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &text, &level) == 0 else { return }
        line(
            level: level, facility: facility.map { String(cString: $0) } ?? "",
            text: text.map { String(cString: $0) } ?? "")
    }

    /// Logs an error of the client as a whole: a broker that can't be reached, a refused log-in.
    func error(_ error: KafkaError) {
        logger.debug("Kafka client error", metadata: ["kafka.error": "\(error)"])
    }
}

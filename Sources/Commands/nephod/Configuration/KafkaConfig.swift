import Documents
import Kafka
import ServiceKit

/// Section `kafka`: how the brokers are reached.
struct KafkaConfig: ConfigSection {
    static let section = "kafka"
    static let about = "Apache Kafka, or anything that speaks its protocol."
    static let bootstrap = "localhost:9092"

    let bootstrap: String
    private let properties: [String: String]

    init(reading section: SectionReader) {
        bootstrap = section.string(
            "bootstrap", default: Self.bootstrap, "Brokers to begin with, host:port, separated by commas.")
        properties = section.custom(
            "properties", default: [:],
            "Further properties of librdkafka by their own names, for TLS and SASL: {security.protocol: ssl}.",
            spelling: { _ in "{}" }
        ) { value in
            guard let mapping = value.mapping() else { return nil }
            var properties: [String: String] = [:]
            for (key, value) in mapping.all() { properties[key] = value.string() }
            return properties
        }
    }

    /// The settings of a client; `purpose` tells the clients of one process apart in the broker's log.
    func client(_ purpose: String) -> ClientSettings {
        ClientSettings(bootstrap: bootstrap, clientID: "nephod-\(purpose)", properties: properties)
    }
}

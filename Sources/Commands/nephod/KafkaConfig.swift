import Documents
import Kafka
import ServiceKit

/// The section `kafka` of the configuration file.
struct KafkaConfig: ConfigSection {
    static let section = "kafka"
    static let about = "The Kafka cluster of samples, notifications, dead letters and host loads."
    static let bootstrap = "127.0.0.1:9092"
    static let partitions = 3

    let bootstrap: String
    let partitions: Int
    let properties: Secret

    init(reading section: SectionReader) {
        bootstrap = section.string("bootstrap", default: Self.bootstrap, "Addresses of brokers, separated by commas.")
        partitions = section.int(
            "partitions", default: Self.partitions, in: 1...1_000,
            "Partitions of the samples topic where migrate has to make it; as many consumers can share the work.")
        properties = section.secret(
            "properties", default: "",
            "Further librdkafka properties as name=value, separated by spaces, such as security.protocol=ssl.")
    }

    /// How this process reaches the cluster.
    ///
    /// - Throws: `DocumentError` where a property is not of the form name=value.
    func client(_ name: String) throws(DocumentError) -> ClientSettings {
        var pairs: [String: String] = [:]
        for word in properties.reveal().split(separator: " ") {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw DocumentError(problems: [
                    Problem(
                        source: "configuration", position: nil, path: "kafka.properties",
                        message: "a property is written name=value")
                ])
            }
            pairs[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        return ClientSettings(bootstrap: bootstrap, clientID: name, properties: pairs)
    }
}

import CRdKafka
import Kafka

/// librdkafka's in-process cluster, for what needs a broker that misbehaves on request.
final class MockCluster {
    private let client: OpaquePointer
    private let cluster: OpaquePointer
    let brokerCount: Int32

    init(brokers: Int32 = 1) throws {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set(configuration, "log_level", "0", nil, 0)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0),
            let cluster = rd_kafka_mock_cluster_new(client, brokers)
        else { throw Unavailable() }
        self.client = client
        self.cluster = cluster
        brokerCount = brokers
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    var settings: ClientSettings {
        ClientSettings(bootstrap: String(cString: rd_kafka_mock_cluster_bootstraps(cluster)), clientID: "test")
    }

    func createTopic(_ name: String, partitions: Int32 = 1) {
        rd_kafka_mock_topic_create(cluster, name, partitions, brokerCount)
    }

    func takeDown() {
        for broker in 1...brokerCount { rd_kafka_mock_broker_set_down(cluster, broker) }
    }

    func bringUp() {
        for broker in 1...brokerCount { rd_kafka_mock_broker_set_up(cluster, broker) }
    }

    /// The next produce requests are answered with these errors.
    func failNextProduceRequests(with errors: [rd_kafka_resp_err_t]) {
        let produceRequest: Int16 = 0
        rd_kafka_mock_push_request_errors_array(cluster, produceRequest, errors.count, errors)
    }

    struct Unavailable: Error {}
}

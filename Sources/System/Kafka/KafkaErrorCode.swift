internal import CRdKafka

/// A code of librdkafka (negative) or of the Kafka protocol (positive); an open set, for brokers invent new ones.
package struct KafkaErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }
    init(_ code: rd_kafka_resp_err_t) { self.init(rawValue: code.rawValue) }

    /// The local queue has no room: send less, or later.
    package static let queueFull = Self(RD_KAFKA_RESP_ERR__QUEUE_FULL)
    /// The message was not acknowledged in the time that it may take.
    package static let messageTimedOut = Self(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
    /// The message is larger than the client or the broker takes.
    package static let messageTooLarge = Self(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    /// The message was still queued when its producer was closed.
    package static let purged = Self(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
    /// The message was on the wire when its producer was closed: it may have arrived.
    package static let purgedInFlight = Self(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
    /// Nobody waited for the acknowledgement any more: the message may have arrived, or may yet.
    package static let interrupted = Self(RD_KAFKA_RESP_ERR__INTR)
    package static let allBrokersDown = Self(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    package static let transport = Self(RD_KAFKA_RESP_ERR__TRANSPORT)
    package static let timedOut = Self(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// The handle was closed.
    package static let closed = Self(RD_KAFKA_RESP_ERR__DESTROY)
    package static let invalidArgument = Self(RD_KAFKA_RESP_ERR__INVALID_ARG)
    /// The system refused a thread.
    package static let noThread = Self(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
    package static let fatal = Self(RD_KAFKA_RESP_ERR__FATAL)
    /// The start offset is not on the broker (any more), and the client was told not to guess another one.
    package static let offsetOutOfRange = Self(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    /// More time than `max.poll.interval.ms` went by between two polls; the group gave the partitions away.
    package static let pollIntervalExceeded = Self(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
    package static let unknownTopicOrPartition = Self(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    /// The topic or partition is in no metadata that the client has.
    package static let unknownTopic = Self(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
    package static let unknownPartition = Self(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    package static let topicAlreadyExists = Self(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    package static let state = Self(RD_KAFKA_RESP_ERR__STATE)
    package static let noOffset = Self(RD_KAFKA_RESP_ERR__NO_OFFSET)

    /// librdkafka's sentence about the code.
    package var text: String { String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: rawValue))) }

    /// librdkafka's short name of the code, for logs and labels.
    package var name: String { String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: rawValue))) }

    /// Whether codes like this one go away by themselves, for calls where librdkafka does not say.
    var isTransient: Bool { Self.transient.contains(self) }

    private static let transient: Set<Self> = [
        .queueFull, .messageTimedOut, .purged, .purgedInFlight, .allBrokersDown, .transport, .timedOut, .state,
        Self(RD_KAFKA_RESP_ERR__RESOLVE), Self(RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE), Self(RD_KAFKA_RESP_ERR__WAIT_COORD),
        Self(RD_KAFKA_RESP_ERR__IN_PROGRESS), Self(RD_KAFKA_RESP_ERR__WAIT_CACHE),
        Self(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED), Self(RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST),
        .interrupted, Self(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE), Self(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION),
        Self(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT), Self(RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE),
        Self(RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE), Self(RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION),
        Self(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS), Self(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE),
        Self(RD_KAFKA_RESP_ERR_NOT_COORDINATOR), Self(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS),
        Self(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND), Self(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS),
        Self(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION), Self(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID),
        Self(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART), Self(RD_KAFKA_RESP_ERR_NOT_CONTROLLER),
    ]
}

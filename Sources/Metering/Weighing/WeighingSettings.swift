package import Kafka

/// What the weighing role needs to know.
package struct WeighingSettings: Sendable {
    package let client: ClientSettings
    package let group: String
    package let samplesTopic: String
    package let hostLoadTopic: String
    /// Of the host-load topic, where this role has to make it.
    package let partitions: Int
    /// The time constant of the means.
    package let smoothing: Duration
    /// After this long without a tick a host's past is dropped from memory; its last record stays on the topic, stale.
    package let forgetAfter: Duration

    package init(
        client: ClientSettings, group: String, samplesTopic: String, hostLoadTopic: String, partitions: Int,
        smoothing: Duration, forgetAfter: Duration
    ) {
        self.client = client
        self.group = group
        self.samplesTopic = samplesTopic
        self.hostLoadTopic = hostLoadTopic
        self.partitions = partitions
        self.smoothing = smoothing
        self.forgetAfter = forgetAfter
    }
}

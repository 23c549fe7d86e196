package import ServiceKit

/// The section `weighing` of the configuration.
package struct WeighingConfig: ConfigSection {
    package static let section = "weighing"
    package static let about = "The host-load feed for the scheduler (docs/specs/host-load.md)."

    package static let topic = "host-load"
    package static let group = "nephoscope-weighing"
    package static let partitions = 3
    /// A minute: half a dozen ticks of ten seconds, long enough for a burst to pass and short enough to see a busy host.
    package static let smoothing = Duration.seconds(60)
    package static let forgetAfter = Duration.seconds(86_400)

    package let topic: String
    package let group: String
    package let partitions: Int
    package let smoothing: Duration
    package let forgetAfter: Duration

    package init(reading section: SectionReader) {
        topic = section.string("topic", default: Self.topic, "Compacted topic that the records go to.")
        group = section.string("group", default: Self.group, "Consumer group that reads the samples topic.")
        partitions = section.int(
            "partitions", default: Self.partitions, in: 1...1000, "Partitions of the topic where it has to be made.")
        smoothing = section.duration(
            "smoothing", default: Self.smoothing, in: .seconds(1)...(.seconds(3600)),
            "Time constant of the means: after this time the past weighs about a third.")
        forgetAfter = section.duration(
            "forget_after", default: Self.forgetAfter, in: .seconds(60)...(.seconds(2_592_000)),
            "A host without a tick for this long is dropped from memory.")
    }
}

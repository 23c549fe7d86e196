import ArgumentParser
import Documents
import Notifications
import ServiceKit

/// `nephod convert`: what the listener would make of a recorded trace, without broker or database.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Convert a recorded trace into samples and events, to try definitions.",
        discussion: """
            FILE holds one JSON object a line, {topic, partition, offset, timestamp_ms, key, value}, of which topic and value \
            are needed, and may be compressed with gzip. The outputs hold one JSON object a line, with Ceilometer's field names. Records that are no \
            notifications are counted and reported, and the others are converted all the same.
            """)

    @Argument(help: "The trace.") var file: String
    @Option(help: "Where samples are written.") var samples: String
    @Option(help: "Where events are written.") var events: String
    @OptionGroup var options: ConfigOptions

    /// Refusals are usually all alike; the first ones tell enough.
    private static let shownRefusalLimit = 20

    func run() throws {
        let config = try options.load().file.definitions
        let definitions = try Definitions(.init(folder: config.folder))
        let converter = TraceConverter(Converter(definitions, options: config.options))
        let report = try converter.convert(trace: file, samples: samples, events: events)
        for remark in definitions.remarks { say(remark) }
        for refusal in report.refusals.prefix(Self.shownRefusalLimit) { say("line \(refusal.line): \(refusal.reason)") }
        if report.refusals.count > Self.shownRefusalLimit {
            say("… and \(report.refusals.count - Self.shownRefusalLimit) more lines refused")
        }
        for (rejection, count) in report.rejections.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            say("\(count) times: \(rejection)")
        }
        say(
            "\(report.recordCount) records: \(report.sampleCount) samples, \(report.eventCount) events, "
                + "\(report.skippedCount) skipped, \(report.refusals.count) refused")
        if let damage = report.damage {
            say("\(file) is damaged; what came before that was converted")
            throw damage
        }
    }

    private func say(_ text: String) { StandardErrorLog.writeToStandardError(text + "\n") }
}

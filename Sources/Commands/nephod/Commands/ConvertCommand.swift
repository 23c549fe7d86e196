import ArgumentParser
import Notifications
import ServiceKit

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert a recorded trace into samples and events, without broker or database.",
        discussion: "For trying definitions: writes one JSON object a line, with Ceilometer's names for the fields.")

    @Argument(help: "The trace: one JSON object a line, compressed with gzip or not.", completion: .file())
    var trace: String
    @Option(help: ArgumentHelp("Where the samples go.", valueName: "path"), completion: .file())
    var samples: String
    @Option(help: ArgumentHelp("Where the events go.", valueName: "path"), completion: .file())
    var events: String
    @Option(
        help: ArgumentHelp(
            "Folder with the definitions. (default: the configuration's pipelines.folder)", valueName: "path"),
        completion: .directory)
    var definitions: String?
    @OptionGroup var options: ConfigOptions

    func run() throws {
        let folder = try definitions ?? options.load().file.pipelines.folder
        let definitions = try Definitions(Definitions.Sources(folder: folder))
        let report = try TraceConverter(Converter(definitions)).convert(trace: trace, samples: samples, events: events)
        for refusal in report.refusals {
            StandardStream.error.write("\(trace):\(refusal.line): \(refusal.reason)\n")
        }
        for (rejection, count) in report.rejections.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            StandardStream.error.write("\(count) times: \(rejection)\n")
        }
        StandardStream.output.write(
            "\(report.recordCount) records, \(report.skippedCount) of them passed over: "
                + "\(report.sampleCount) samples, \(report.eventCount) events\n")
    }
}

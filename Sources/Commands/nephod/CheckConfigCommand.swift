import Alarming
import ArgumentParser
import Collector
import Documents
import Ingestion
import MetricsAPI
import ServiceKit

/// `nephod check-config`: reads everything that the daemon would read, and reports every problem.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Check the configuration and the files that it names.",
        discussion: "Prints the value in force of each key and where it comes from, secrets left out.")

    @OptionGroup var options: ConfigOptions

    func run() throws {
        let (config, keys) = try options.load()
        var problems: [Problem] = []
        func check(_ read: () throws(DocumentError) -> Void) {
            do { try read() } catch { problems += error.problems }
        }
        check { () throws(DocumentError) in _ = try config.kafka.client("nephod") }
        check { () throws(DocumentError) in
            for remark in try config.definitions.rules().remarks {
                StandardErrorLog.writeToStandardError("nephod: \(config.definitions.folder): \(remark)\n")
            }
        }
        check { () throws(DocumentError) in _ = try PriceBook(file: config.definitions.prices) }
        check { () throws(DocumentError) in _ = try PollingDefinition(file: config.collector.pollingFile) }
        check { () throws(DocumentError) in
            _ = try AlarmRuleFile.read(file: config.alarming.rules, allowing: config.alarming.delivery.hosts)
        }
        guard problems.isEmpty else { throw DocumentError(problems: problems) }
        for key in keys {
            print("\(key.section).\(key.key): \(key.valueText ?? "(unset)") (\(key.origin.rawValue))")
        }
    }
}

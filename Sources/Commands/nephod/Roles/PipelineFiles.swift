import Aggregation
import Alarming
import Alarms
import Collector
import Documents
import Ingestion
import MetricsAPI
import Notifications
import Policies

/// The files that the configuration names, read and checked.
struct PipelineFiles {
    private let config: NephodConfig

    init(_ config: NephodConfig) {
        self.config = config
    }

    /// How messages are read and kept, by the files in the pipelines' folder.
    func ingestionRules() throws(DocumentError) -> IngestionRules {
        let definitions = try Definitions(Definitions.Sources(folder: config.pipelines.folder))
        return IngestionRules(
            converter: Converter(definitions), resources: definitions.resources,
            policies: try ArchivePolicyFile.read(file: config.pipelines.archivePolicies))
    }

    func polling() throws(DocumentError) -> PollingDefinition {
        try PollingDefinition(file: config.collector.pollingFile)
    }

    func prices() throws(DocumentError) -> PriceBook {
        try PriceBook(file: config.pipelines.rating)
    }

    func alarms() throws(DocumentError) -> [AlarmRule] {
        try AlarmRuleFile.read(file: config.alarming.rules, allowing: config.alarming.delivery.hosts)
    }

    /// Reads all files, and throws the problems of all of them together.
    func check() throws(DocumentError) {
        var problems: [Problem] = []
        func collect(_ read: () throws(DocumentError) -> Void) {
            do {
                try read()
            } catch {
                problems += error.problems
            }
        }
        collect { () throws(DocumentError) in _ = try ingestionRules() }
        collect { () throws(DocumentError) in _ = try polling() }
        collect { () throws(DocumentError) in _ = try prices() }
        collect { () throws(DocumentError) in _ = try alarms() }
        guard problems.isEmpty else { throw DocumentError(problems: problems) }
    }
}

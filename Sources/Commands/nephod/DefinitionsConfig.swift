import Documents
import Ingestion
import MetricsAPI
import Notifications
import Policies
import ServiceKit

/// The section `definitions` of the configuration file: the files that say what becomes of what comes in.
struct DefinitionsConfig: ConfigSection {
    static let section = "definitions"
    static let about = "What notifications mean, how long measures are kept, and what things cost; read again on SIGHUP."
    static let folder = "pipelines"

    let folder: String
    let archivePolicies: String
    let prices: String
    let telemetrySecret: Secret
    let dropsUnmatched: Bool

    init(reading section: SectionReader) {
        folder = section.string(
            "folder", default: Self.folder,
            "Folder of meters.yaml, event_definitions.yaml, pipeline.yaml, event_pipeline.yaml and "
                + "gnocchi_resources.yaml, in Ceilometer's syntax.")
        archivePolicies = section.string(
            "archive_policies", default: Self.folder + "/archive_policies.yaml", "File of archive policies and rules.")
        prices = section.string("prices", default: Self.folder + "/rating.yaml", "File of the price list.")
        telemetrySecret = section.secret(
            "telemetry_secret", default: "",
            "Ceilometer's telemetry_secret; with one, polled samples of other agents must be signed with it.")
        dropsUnmatched = section.bool(
            "drop_unmatched_notifications", default: false, "Make no event of a notification that no definition takes.")
    }

    /// Reads and compiles the files that ingestion works by.
    func rules() throws(DocumentError) -> IngestionRules {
        let definitions = try Definitions(.init(folder: folder))
        return IngestionRules(
            converter: Converter(definitions, options: options), resources: definitions.resources,
            policies: try ArchivePolicyFile.read(file: archivePolicies), remarks: definitions.remarks)
    }

    var options: ConversionOptions {
        let secret = Array(telemetrySecret.reveal().utf8)
        return ConversionOptions(dropsUnmatched: dropsUnmatched, telemetrySecret: secret.isEmpty ? nil : secret)
    }
}

import ServiceKit

/// Section `pipelines`: where the files are that say what is measured, kept and charged.
struct PipelinesConfig: ConfigSection {
    static let section = "pipelines"
    static let about = "The files that say what is measured, kept and charged; read again on SIGHUP."
    static let folder = "pipelines"

    let folder: String

    init(reading section: SectionReader) {
        folder = section.string(
            "folder", default: Self.folder,
            "Folder of meters.yaml, event_definitions.yaml, pipeline.yaml, event_pipeline.yaml, gnocchi_resources.yaml, "
                + "archive_policies.yaml and rating.yaml.")
    }

    var archivePolicies: String { folder + "/archive_policies.yaml" }
    var rating: String { folder + "/rating.yaml" }
}

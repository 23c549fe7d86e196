import APIKit
import Alarming
import Collector
import Ingestion
import ServiceKit
import Weighing

/// The configuration file: one section per room of the daemon.
struct NephodConfig: ConfigFile {
    static let about = """
        Nephoscope's configuration: every key with its default, as `nephod print-config` writes it.
        A variable NEPHO_<SECTION>_<KEY> in the environment overrides a key, and --set section.key=value overrides both.
        Sections of roles that a process doesn't run are read and checked as well, and otherwise unused.
        """

    let log: LogConfig
    let database: DatabaseConfig
    let kafka: KafkaConfig
    let pipelines: PipelinesConfig
    let api: APIConfig
    let collector: CollectorConfig
    let ingestion: IngestionConfig
    let compaction: CompactionConfig
    let alarming: AlarmingConfig
    let weighing: WeighingConfig

    init(reading file: ConfigReader) {
        log = file.section()
        database = file.section()
        kafka = file.section()
        pipelines = file.section()
        api = file.section()
        collector = file.section()
        ingestion = file.section()
        compaction = file.section()
        alarming = file.section()
        weighing = file.section()
    }
}

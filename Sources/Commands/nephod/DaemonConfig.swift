import Alarming
import APIKit
import Collector
import Compaction
import Ingestion
import ServiceKit
import Weighing

/// The whole configuration file of the daemon.
struct DaemonConfig: ConfigFile {
    static let about = """
        Configuration of nephod.
        Each key can be overridden by the environment as NEPHO_<SECTION>_<KEY>, and above that by --set section.key=value.
        `nephod check-config` reports every problem; `nephod print-config` writes this file.
        """

    let log: LogConfig
    let database: DatabaseConfig
    let kafka: KafkaConfig
    let definitions: DefinitionsConfig
    let collector: CollectorConfig
    let ingestion: IngestionConfig
    let compaction: CompactionConfig
    let monitoring: MonitoringConfig
    let api: APIConfig
    let alarming: AlarmingConfig
    let weighing: WeighingConfig

    init(reading file: ConfigReader) {
        log = file.section()
        database = file.section()
        kafka = file.section()
        definitions = file.section()
        collector = file.section()
        ingestion = file.section()
        compaction = file.section()
        monitoring = file.section()
        api = file.section()
        alarming = file.section()
        weighing = file.section()
    }
}

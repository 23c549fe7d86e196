package import Postgres

/// The schemas `ingest`, `metric`, `event`, `usage` and `alarm`: all that one ingest transaction writes.
package enum MetricStoreSchema {
    /// The name under which the migrations are recorded.
    package static let service = "metering"

    /// In order; a new one is added at the end, and a released one never changes.
    package static let migrations = [
        Migration(1, "ingest", PackageResources.m0001_ingest_sql),
        Migration(2, "resource", PackageResources.m0002_resource_sql),
        Migration(3, "metric", PackageResources.m0003_metric_sql),
        Migration(4, "measure", PackageResources.m0004_measure_sql),
        Migration(5, "event", PackageResources.m0005_event_sql),
        Migration(6, "usage", PackageResources.m0006_usage_sql),
        Migration(7, "alarm", PackageResources.m0007_alarm_sql),
        Migration(8, "upkeep", PackageResources.m0008_upkeep_sql),
    ]

    /// Applies and checks the migrations.
    package static var migrator: Migrator {
        get throws(MigrationError) { try Migrator(service: service, migrations: migrations) }
    }
}

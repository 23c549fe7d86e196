import ArgumentParser
import Logging
import MetricStore
import Postgres
import ServiceKit

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database to the schema that this program needs; safe to run again."
    )

    @OptionGroup var options: ConfigOptions
    @Flag(help: "Only say what would be applied.")
    var dryRun = false

    func run() async throws {
        let (config, _) = try options.load()
        config.log.bootstrap()
        let migrator = try MetricStoreSchema.migrator
        let session = try await Session.connect(config.database.migration, logger: Logger(label: "migrate"))
        do {
            let migrations =
                dryRun
                ? try await session.perform { session in try migrator.pending(in: session) }
                : try await migrator.apply(in: session)
            await session.close()
            report(migrations)
        } catch {
            await session.close()
            throw error
        }
    }

    private func report(_ migrations: [Migration]) {
        for migration in migrations {
            StandardStream.output.write("\(dryRun ? "to be applied" : "applied") \(migration)\n")
        }
        if migrations.isEmpty { StandardStream.output.write("nothing to apply\n") }
    }
}

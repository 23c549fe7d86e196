import ArgumentParser
import Logging
import ServiceKit
import ServiceLifecycle
import UnixSignals

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one role, several, or all of them, until SIGTERM; SIGHUP reads the pipelines again.")

    @Argument(
        help: ArgumentHelp(
            Role.allCases.map { "\($0.rawValue): \($0.purpose)" }.joined(separator: "; ") + "; all.", valueName: "role")
    )
    var roles: [String]
    @OptionGroup var options: ConfigOptions

    /// How long everything may take to stop; supervisors wait a little longer before they kill.
    private static let stopLimit = Duration.seconds(10)

    func run() async throws {
        let roles = try Role.set(of: roles)
        let (config, _) = try options.load()
        var assembly = Assembly(config)
        try assembly.add(roles)
        config.log.bootstrap()
        let logger = Logger(label: "nephod")
        logger.notice(
            "Starting",
            metadata: [
                "roles": "\(roles.map(\.rawValue).sorted().joined(separator: ","))",
                "process.id": "\(ProcessEnvironment.processID)",
            ])
        var configuration = ServiceGroupConfiguration(
            services: try assembly.services(roles).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "services"))
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            logger.critical("Stopped by an error", error: error)
            throw error
        }
        logger.notice("Stopped")
    }

    func validate() throws {
        _ = try Role.set(of: roles)
    }
}

import ArgumentParser
import Logging
import ServiceKit
import ServiceLifecycle
import UnixSignals

/// `nephod run`: one role, several, or all, until SIGTERM or SIGINT.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one role, several, or all.",
        discussion: """
            Roles: \(Role.allCases.map(\.rawValue).joined(separator: ", ")), all.
            SIGTERM and SIGINT stop it within ten seconds; SIGHUP reads polling, definitions, policies, prices, alarm rules \
            and the operator token again: all of them or, where one is bad, none.
            """)

    @Argument(help: "The roles.") var roles: [String] = []
    @OptionGroup var options: ConfigOptions

    /// What a stop may take; what is unfinished by then is cancelled, and nothing acknowledged is lost by that.
    private static let stopLimit = Duration.seconds(9)

    func run() async throws {
        let roles = try Role.named(roles)
        let config = try options.load().file
        config.log.bootstrap()
        let logger = Logger(label: "nephod")
        let daemon = try Daemon(config, roles: roles, logger: logger)
        logger.notice(
            "Starting",
            metadata: [
                "roles": "\(roles.map(\.rawValue).joined(separator: ","))", "process.id": "\(ProcessEnvironment.processID)",
            ])
        var group = ServiceGroupConfiguration(
            services: try daemon.services(), gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = Self.stopLimit
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await ServiceGroup(configuration: group).run())
        } catch {
            outcome = .failure(error)
        }
        await daemon.close()
        try outcome.get()
        logger.notice("Stopped")
    }
}

package import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import ServiceKit
internal import ServiceLifecycle

/// The HTTP server: one table of routes, answered until the service is shut down.
///
/// On graceful shutdown it stops accepting and lets the requests under way end.
package struct APIServer: Service {
    private let settings: ServerSettings
    private let table: RouteTable
    private let instruments: APIInstruments
    private let onListening: @Sendable (_ port: Int) -> Void
    private let logger: Logger

    /// Larger heads are refused by the decoder: tokens and queries are far smaller.
    private static let maxHeaderBytes = 32 << 10
    private static let maxHeaderCount = 100

    /// Makes a server; without a token nobody is let in to the routes that ask for one.
    ///
    /// - Parameter onListening: told the port once connections are accepted, for callers that asked for any free one.
    package init(
        _ settings: ServerSettings, routes: [Route], token: OperatorToken?, instruments: APIInstruments,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }, logger: Logger
    ) {
        self.settings = settings
        self.table = RouteTable(routes: routes, token: token, deadline: settings.requestDeadline)
        self.instruments = instruments
        self.onListening = onListening
        self.logger = logger
    }

    package func run() async throws {
        try await application.run()
    }

    /// The server as Hummingbird knows it, which tests drive without a socket.
    package var application: some ApplicationProtocol {
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Self.maxHeaderBytes, maxHeaderListSize: Self.maxHeaderBytes,
            maxHeaderFieldCount: Self.maxHeaderCount)
        let idle = TimeAmount.nanoseconds(settings.idleTimeout.components.seconds * 1_000_000_000)
        var configuration = ApplicationConfiguration(
            address: .hostname(settings.listen.host, port: settings.listen.port), serverName: "nephoscope")
        configuration.availableConnectionsDelegate = MaximumAvailableConnections(settings.maxConnections)
        return Application(
            router: table.router(instruments: instruments),
            server: .http1(configuration: .init(idleTimeout: idle, httpDecoderConfiguration: decoder)),
            configuration: configuration,
            onServerRunning: { [logger, onListening] channel in
                let address = channel.localAddress
                logger.notice(
                    "Listening",
                    metadata: [
                        "server.address": "\(address?.ipAddress ?? "")", "server.port": "\(address?.port ?? 0)",
                        "process.id": "\(ProcessEnvironment.processID)",
                    ])
                onListening(address?.port ?? 0)
            },
            logger: logger)
    }
}

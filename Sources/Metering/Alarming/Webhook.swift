internal import AsyncHTTPClient
internal import MetricStore
internal import NIOCore
internal import NIOHTTP1
internal import Telemetry

/// Sends actions by HTTP.
///
/// Follows no redirect: it could lead to a host that is not allowed.
struct Webhook: Sendable {
    private let hosts: AllowedHosts
    private let timeout: Duration
    private let client: HTTPClient

    init(hosts: AllowedHosts, timeout: Duration) {
        self.hosts = hosts
        self.timeout = timeout
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .nanoseconds(timeout.nanoseconds)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Sends one action; done when the receiver answers with a status from 200 to 299.
    func post(_ action: AlarmAction) async throws(WebhookError) {
        do throws(WebhookRefusal) {
            try hosts.check(action.url)
        } catch {
            throw .refused(error)
        }
        var request = HTTPClientRequest(url: action.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "nephoscope")
        request.headers.add(name: "Idempotency-Key", value: action.id)
        // Aodh's own header, by which its receivers tell requests apart.
        request.headers.add(name: "x-openstack-request-id", value: "req-" + action.id)
        request.body = .bytes(ByteBuffer(string: action.body))
        let status: UInt
        do {
            // The answer's body is of no interest; letting go of it closes the connection.
            status = try await client.execute(request, timeout: .nanoseconds(timeout.nanoseconds)).status.code
        } catch {
            throw .unreachable("\(error)")
        }
        guard (200...299).contains(status) else { throw .status(status) }
    }

    func close() async throws {
        try await client.shutdown()
    }
}

/// Why an attempt failed.
enum WebhookError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address is not allowed, or no longer.
    case refused(WebhookRefusal)
    /// No connection, or no answer in time.
    case unreachable(String)
    /// An answer that is no success.
    case status(UInt)

    var isRetriable: Bool {
        if case .refused = self { false } else { true }
    }

    var reason: AlarmingInstruments.Failure {
        switch self {
        case .refused: .refused
        case .unreachable: .unreachable
        case .status: .status
        }
    }

    var description: String {
        switch self {
        case .refused(let refusal): "the address \(refusal)"
        case .unreachable(let why): "no answer: \(why)"
        case .status(let code): "answered with status \(code)"
        }
    }
}

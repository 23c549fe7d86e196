internal import JSON
internal import Logging
internal import ServiceKit
internal import ServiceLifecycle
internal import Synchronization

/// Something that must be there before the service can do its work.
package struct ReadinessCheck: Sendable {
    /// A word for whoever reads the answer: `database`, `broker`.
    package let name: String
    /// Throws where it is not there; the error is shown to the holder of the token. May take its time: it is waited for by
    /// nobody who asks.
    package let run: @Sendable () async throws -> Void

    package init(_ name: String, _ run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// Looks every few seconds whether what the service needs is there.
///
/// Whoever asks gets what the last look has found, at once: a check that blocks or a crowd of askers holds up neither.
package final class ReadinessMonitor: Service {
    private let checks: [ReadinessCheck]
    private let findings: Mutex<[Finding]>

    private static let interval = Duration.seconds(3)
    /// A look that takes longer counts as failed until its outcome comes.
    private static let patience = Duration.seconds(5)

    private struct Finding {
        /// Nil where the check found nothing wrong.
        var reason: String? = "not looked at yet"
        /// When the look that is under way began.
        var begun: ContinuousClock.Instant?
    }

    package init(checks: [ReadinessCheck]) {
        self.checks = checks
        findings = Mutex(checks.map { _ in Finding() })
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for index in checks.indices {
                group.addTask {
                    for await _ in Ticker(every: Self.interval, clock: ContinuousClock()).cancelOnGracefulShutdown() {
                        await self.look(index)
                    }
                }
            }
        }
    }

    /// Runs every check once; for callers that can't wait for the next look.
    package func look() async {
        await withTaskGroup(of: Void.self) { group in
            for index in checks.indices { group.addTask { await self.look(index) } }
        }
    }

    private func look(_ index: Int) async {
        findings.withLock { $0[index].begun = .now }
        var reason: String?
        do {
            try await checks[index].run()
        } catch {
            reason = ErrorChain(error).description
        }
        findings.withLock { [reason] in $0[index] = Finding(reason: reason, begun: nil) }
    }

    /// Each check with the reason why what it looks for isn't there; nil where it is.
    fileprivate var state: [(name: String, reason: String?)] {
        zip(checks, findings.withLock { $0 }).map { check, finding in
            guard let begun = finding.begun, begun.duration(to: .now) > Self.patience else {
                return (check.name, finding.reason)
            }
            return (
                check.name, finding.reason ?? "no answer for \(begun.duration(to: .now).components.seconds) seconds"
            )
        }
    }
}

/// Answers `/healthz` (the process runs) and `/readyz` (what it needs is there).
package struct HealthHandlers: Sendable {
    private let monitor: ReadinessMonitor

    package init(_ monitor: ReadinessMonitor) {
        self.monitor = monitor
    }

    /// What supervisors and load balancers ask, of any process.
    package var probes: [Route] {
        [
            .get("/healthz", access: .open) { _ in .text("ok\n") },
            .get("/readyz", access: .open) { _ in readiness(withReasons: false) },
        ]
    }

    /// The probes, and for operators the reasons.
    package var routes: [Route] {
        probes + [.get("/v1/readiness") { _ in readiness(withReasons: true) }]
    }

    /// The last findings; the reasons stay with those who hold the token, for they tell of the inside.
    private func readiness(withReasons: Bool) -> APIResponse {
        let state = monitor.state
        let lines = state.map { name, reason -> JSONValue in
            var members = [JSONValue.Member("name", .string(name)), JSONValue.Member("ready", .bool(reason == nil))]
            if withReasons, let reason { members.append(.init("reason", .string(reason))) }
            return .object(members)
        }
        let isReady = state.allSatisfy { $0.reason == nil }
        let body: JSONValue = ["ready": .bool(isReady), "checks": .array(lines)]
        return .json(body, status: isReady || withReasons ? 200 : 503)
    }
}

internal import JSON
internal import Logging
internal import ServiceKit

/// Something that must be there before the service can do its work.
package struct ReadinessCheck: Sendable {
    /// A word for whoever reads the answer: `database`, `broker`.
    package let name: String
    /// Throws where it is not there; the error is shown to the holder of the token.
    package let run: @Sendable () async throws -> Void

    package init(_ name: String, _ run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// Answers `/healthz` (the process runs) and `/readyz` (what it needs is there).
package struct HealthHandlers: Sendable {
    private let checks: [ReadinessCheck]

    /// A check that takes longer has failed: whoever asks is a load balancer with a timeout of its own.
    private static let deadline = Duration.seconds(3)

    package init(checks: [ReadinessCheck]) {
        self.checks = checks
    }

    /// What supervisors and load balancers ask, of any process.
    package var probes: [Route] {
        [
            .get("/healthz", access: .open) { _ in .text("ok\n") },
            .get("/readyz", access: .open) { _ in await readiness(withReasons: false) },
        ]
    }

    /// The probes, and for operators the reasons.
    package var routes: [Route] {
        probes + [.get("/v1/readiness") { _ in await readiness(withReasons: true) }]
    }

    /// Runs every check at once; the reasons stay with those who hold the token, for they tell of the inside.
    private func readiness(withReasons: Bool) async -> APIResponse {
        let failures = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, check) in checks.enumerated() { group.addTask { (index, await failure(of: check)) } }
            return await group.reduce(into: [Int: String]()) { failures, outcome in failures[outcome.0] = outcome.1 }
        }
        let lines = checks.enumerated().map { index, check -> JSONValue in
            var members = [
                JSONValue.Member("name", .string(check.name)), JSONValue.Member("ready", .bool(failures[index] == nil)),
            ]
            if withReasons, let reason = failures[index] { members.append(.init("reason", .string(reason))) }
            return .object(members)
        }
        let body: JSONValue = ["ready": .bool(failures.isEmpty), "checks": .array(lines)]
        return .json(body, status: failures.isEmpty || withReasons ? 200 : 503)
    }

    private func failure(of check: ReadinessCheck) async -> String? {
        do {
            try await withDeadline(Self.deadline, clock: ContinuousClock(), check.run)
            return nil
        } catch {
            return ErrorChain(error).description
        }
    }
}

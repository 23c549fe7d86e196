import JSON

/// The checks of `nepho doctor`, in the order in which one depends on another.
struct Examination {
    let server: ServerOptions

    /// A partition that waits longer than this is stuck, not busy.
    static let stuckLimitSeconds = 120.0
    /// A host that says nothing for so long misses several of the usual intervals.
    static let silentLimitSeconds = 300.0

    func findings() async throws -> [Finding] {
        var findings: [Finding] = []
        let address = try server.baseURL
        do {
            _ = try await APIClient(baseURL: address, token: nil, timeout: .seconds(server.timeout)).text("/healthz")
            findings.append(Finding(check: "api", state: .good, detail: "\(address) answers"))
        } catch let failure as CommandFailure {
            let later = ["token", "readiness", "ingestion", "hosts"]
            return [
                Finding(
                    check: "api", state: .bad, detail: failure.description + "; is nephod running with the role api?")
            ]
                + later.map { Finding(check: $0, state: .unknown, detail: "the API has to answer first") }
        }
        let client: APIClient
        do {
            client = try server.client
        } catch let failure as CommandFailure {
            return findings + Self.failed("token", failure, unknown: ["readiness", "ingestion", "hosts"])
        }
        do {
            findings += Self.readiness(try await client.json("/v1/readiness"))
        } catch let failure as CommandFailure {
            // The first question with the token: what is wrong is the token, or else the answer.
            guard failure.status != .refused else {
                return findings + Self.failed("token", failure, unknown: ["readiness", "ingestion", "hosts"])
            }
            return findings + Self.failed("readiness", failure, unknown: ["ingestion", "hosts"])
        }
        guard findings.allSatisfy({ $0.state == .good }) else {
            return findings + Self.unknown(["ingestion", "hosts"])
        }
        do {
            let status = try await client.json("/v1/status")
            return findings + Self.ingestion(status) + Self.hosts(status)
        } catch let failure as CommandFailure {
            return findings + Self.failed("status", failure, unknown: ["ingestion", "hosts"])
        }
    }

    private static func failed(_ check: String, _ failure: CommandFailure, unknown later: [String]) -> [Finding] {
        [Finding(check: check, state: .bad, detail: failure.description)] + unknown(later)
    }

    private static func unknown(_ checks: [String]) -> [Finding] {
        checks.map { Finding(check: $0, state: .unknown, detail: "the above has to be mended first") }
    }

    static func readiness(_ answer: JSONValue) -> [Finding] {
        let checks = (answer["checks"]?.elements ?? []).map { check in
            let isReady = check["ready"]?.bool == true
            return Finding(
                check: check["name"]?.string ?? "?", state: isReady ? .good : .bad,
                detail: isReady ? "ready" : check["reason"]?.string ?? "not ready")
        }
        return [Finding(check: "token", state: .good, detail: "accepted")] + checks
    }

    static func ingestion(_ status: JSONValue) -> [Finding] {
        let partitions = status["partitions"]?.elements ?? []
        guard !partitions.isEmpty else {
            return [
                Finding(
                    check: "ingestion", state: .bad,
                    detail: "nothing has ever been read from a topic; does nephod run with the role ingestion?")
            ]
        }
        let stuck = partitions.filter { partition in
            (partition["lag"]?.number ?? 0) > 0 && (partition["age_seconds"]?.number ?? 0) > stuckLimitSeconds
        }
        guard !stuck.isEmpty else {
            let lag = partitions.reduce(0) { $0 + ($1["lag"]?.number ?? 0) }
            return [
                Finding(
                    check: "ingestion", state: .good,
                    detail: "\(partitions.count) partitions, \(Int(lag)) messages to read")
            ]
        }
        return stuck.map { partition in
            let name = "\(partition["topic"]?.string ?? "?")/\(partition["partition"]?.text ?? "?")"
            let lag = Int(partition["lag"]?.number ?? 0)
            let age = Int(partition["age_seconds"]?.number ?? 0)
            return Finding(
                check: "ingestion", state: .bad,
                detail:
                    "\(name) has stood still for \(age) s with \(lag) messages to read; see the log of the role ingestion"
            )
        }
    }

    static func hosts(_ status: JSONValue) -> [Finding] {
        let hosts = status["hosts"]?.elements ?? []
        let silent = hosts.filter { ($0["age_seconds"]?.number ?? .infinity) > silentLimitSeconds }
        guard !silent.isEmpty else {
            let detail = hosts.isEmpty ? "no collector has ever reported" : "\(hosts.count) report"
            return [Finding(check: "hosts", state: .good, detail: detail)]
        }
        return silent.map { host in
            let age = host["age_seconds"]?.number.map { "\(Int($0)) s" } ?? "an unknown time"
            return Finding(
                check: "hosts", state: .bad,
                detail: "\(host["host"]?.string ?? "?") has said nothing for \(age); is its collector running?")
        }
    }
}

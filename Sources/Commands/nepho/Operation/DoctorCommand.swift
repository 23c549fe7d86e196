import ArgumentParser
import JSON

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong, and name the cause.",
        discussion:
            "Checks the API, the token, the database, the broker, how far behind the topics are, and the hosts' freshness."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let findings = try await Examination(server: server).findings()
        try output.print(findings.map(\.json), as: ListedFinding.self)
        if findings.contains(where: { $0.state == .bad }) { throw CommandFailure(.faultFound, nil) }
    }
}

/// What one check found.
struct Finding: Hashable, Sendable {
    enum State: String, Sendable {
        case good, bad
        /// Not looked at, because something before it is bad.
        case unknown
    }

    let check: String
    let state: State
    /// The cause where something is bad, else what was seen.
    let detail: String

    var json: JSONValue {
        ["check": .string(check), "state": .string(state.rawValue), "detail": .string(detail)]
    }
}

enum ListedFinding: Listed {
    static let columns = [Column("check"), Column("state"), Column("detail")]
}

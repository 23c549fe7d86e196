import ArgumentParser
import Documents
import Foundation
import ServiceKit

/// Which server is asked, and with which token.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the API is. (default: $NEPHO_URL, else \(Self.standardURL))", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "The file with the operator token. (default: $NEPHO_TOKEN_FILE, else \(Self.standardTokenFile))",
            valueName: "path"),
        completion: .file())
    var tokenFile: String?

    @Option(help: ArgumentHelp("How long to wait for an answer, in seconds.", valueName: "seconds"))
    var timeout = 60

    static let standardURL = "http://127.0.0.1:8041"
    static let standardTokenFile = "/etc/nephoscope/operator-token"

    func validate() throws {
        guard (1...3_600).contains(timeout) else { throw ValidationError("--timeout is between 1 and 3600 seconds.") }
    }

    /// The server's address without a slash at its end.
    var baseURL: String {
        get throws {
            let text = url ?? ProcessEnvironment.variables["NEPHO_URL"] ?? Self.standardURL
            guard let parsed = URL(string: text), let scheme = parsed.scheme, ["http", "https"].contains(scheme),
                parsed.host != nil
            else { throw CommandFailure(.wrongUsage, "\(text) is no http or https address") }
            return String(text.reversed().drop { $0 == "/" }.reversed())
        }
    }

    /// The token, read for this one command.
    var token: String {
        get throws {
            let path = tokenFile ?? ProcessEnvironment.variables["NEPHO_TOKEN_FILE"] ?? Self.standardTokenFile
            do {
                return try Document.text(ofFile: path).trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                throw CommandFailure(.failed, "no token: \(error)")
            }
        }
    }

    var client: APIClient {
        get throws { APIClient(baseURL: try baseURL, token: try token, timeout: .seconds(timeout)) }
    }
}

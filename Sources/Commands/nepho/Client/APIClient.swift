import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1

/// Asks the API. Every failure becomes a `CommandFailure` that says what to look at.
struct APIClient: Sendable {
    let baseURL: String
    private let token: String?
    private let timeout: Duration

    /// An answer larger than this is no answer to a question of ours.
    private static let maxAnswerBytes = 512 << 20

    /// One for the life of the process. A refused connection is an answer to a person, not a reason to knock for a minute.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(10)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    struct Answer {
        let status: Int
        let body: [UInt8]
        /// The path of the next page, where there is one.
        let next: String?
    }

    init(baseURL: String, token: String?, timeout: Duration) {
        self.baseURL = baseURL
        self.token = token
        self.timeout = timeout
    }

    /// The JSON at a path; anything but a success is thrown.
    func json(_ path: String, _ query: [(String, String?)] = []) async throws -> JSONValue {
        try value(of: try await get(Self.target(path, query)))
    }

    /// The text at a path; anything but a success is thrown.
    func text(_ path: String, _ query: [(String, String?)] = []) async throws -> String {
        let answer = try await get(Self.target(path, query))
        try check(answer)
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// The items of a list, page after page, up to `limit` of them.
    func list(_ path: String, _ query: [(String, String?)] = [], limit: Int?) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var next: String? = Self.target(path, query)
        while let target = next, items.count < limit ?? .max {
            let answer = try await get(target)
            let value = try value(of: answer)
            guard let page = value.elements else { throw CommandFailure(.failed, "\(baseURL)\(target) gave no list") }
            items += page
            next = page.isEmpty ? nil : answer.next
        }
        return limit.map { Array(items.prefix($0)) } ?? items
    }

    /// The answer to a GET, whatever its status.
    func get(_ target: String) async throws -> Answer {
        var request = HTTPClientRequest(url: baseURL + target)
        request.headers.add(name: "Accept", value: "application/json, text/csv;q=0.9")
        request.headers.add(name: "User-Agent", value: "nepho")
        if let token { request.headers.add(name: "X-Auth-Token", value: token) }
        do {
            let response = try await Self.http.execute(
                request, timeout: .nanoseconds(timeout.components.seconds * 1_000_000_000))
            let body = try await response.body.collect(upTo: Self.maxAnswerBytes)
            for warning in response.headers["X-Nephoscope-Warning"] {
                StandardStream.error.write("nepho: \(warning.printable)\n")
            }
            return Answer(
                status: Int(response.status.code), body: Array(body.readableBytesView),
                next: response.headers.first(name: "Link").flatMap(Self.nextPage))
        } catch let error as HTTPClientError {
            throw CommandFailure(.unreachable, "no answer from \(baseURL): \(error.shortDescription)")
        } catch let error as any ConnectionFailure {
            throw CommandFailure(.unreachable, "no answer from \(baseURL): \(error.reason)")
        }
    }

    /// A path with the parameters that have a value.
    static func target(_ path: String, _ query: [(String, String?)]) -> String {
        let items = query.compactMap { name, value in value.map { "\(encoded(name))=\(encoded($0))" } }
        return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
    }

    /// A text as one segment of a path or part of a query (RFC 3986, unreserved characters stay).
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }

    private func value(of answer: Answer) throws -> JSONValue {
        try check(answer)
        do {
            return try JSONValue(parsing: answer.body, limits: JSONLimits(sizeLimit: Self.maxAnswerBytes))
        } catch {
            throw CommandFailure(
                .failed, "\(baseURL) answered with something that is not JSON (\(error)); is it Nephoscope?")
        }
    }

    private func check(_ answer: Answer) throws(CommandFailure) {
        guard !(200...299).contains(answer.status) else { return }
        let status: ExitStatus =
            switch answer.status {
            case 401, 403: .refused
            case 404: .notFound
            case 503: .unreachable
            default: .failed
            }
        throw CommandFailure(status, Self.reason(answer))
    }

    /// What the server says of its refusal.
    private static func reason(_ answer: Answer) -> String {
        do {
            let fault = try JSONValue(parsing: answer.body)
            if let text = fault["description"]?.string { return "\(text) (\(answer.status))" }
        } catch {
            // Not one of our faults, a proxy's page perhaps: the status has to do.
        }
        return "the server answered with status \(answer.status)"
    }

    /// The target of `Link: </v1/…>; rel="next"` (RFC 8288).
    private static func nextPage(_ link: String) -> String? {
        guard link.contains("rel=\"next\""), let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"),
            open < close
        else { return nil }
        let target = String(link[link.index(after: open)..<close])
        return target.hasPrefix("/") ? target : nil
    }
}

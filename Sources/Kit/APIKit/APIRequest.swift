internal import Foundation
package import JSON
package import Logging

/// A request as a handler sees it: checked for size, its path matched, its body read.
package struct APIRequest: Sendable {
    /// `req-` and a UUID; OpenStack's form.
    package let id: String
    package let method: String
    /// The path as sent, without the query.
    package let path: String
    /// The query's items in their order, decoded.
    package let query: [QueryItem]
    package let body: [UInt8]
    package let logger: Logger
    private let parameters: [String: String]

    package struct QueryItem: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    init(
        id: String, method: String, path: String, query: [QueryItem], parameters: [String: String], body: [UInt8],
        logger: Logger
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.parameters = parameters
        self.body = body
        self.logger = logger
    }

    /// A part of the path that the route names, percent-decoded.
    package func parameter(_ name: String) throws(Fault) -> String {
        guard let text = parameters[name] else { preconditionFailure("the route has no parameter \(name)") }
        guard let decoded = text.removingPercentEncoding, !decoded.utf8.contains(0) else {
            throw .badRequest("the path is not percent-encoded UTF-8")
        }
        return decoded
    }

    /// The body as JSON.
    package func json() throws(Fault) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw .badRequest("the body is not JSON: \(error.reason.rawValue) at byte \(error.position)")
        }
    }
}

extension [APIRequest.QueryItem] {
    /// Splits a query string; `+` is a space, as forms send it. Nil when it isn't percent-encoded UTF-8.
    init?(parsing query: String) {
        self = []
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = pair.map { $0.replacing("+", with: " ").removingPercentEncoding }
            guard let name = decoded.first ?? nil, decoded.allSatisfy({ $0?.utf8.contains(0) == false }) else {
                return nil
            }
            append(.init(name: name, value: (decoded.count > 1 ? decoded[1] : "") ?? ""))
        }
    }
}

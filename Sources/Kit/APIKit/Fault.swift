internal import JSON

/// Why a request was refused or failed, in words for the client; what the operator needs besides is in `cause`.
///
/// The body is `{"code": 404, "title": "Not Found", "description": "…"}`, Gnocchi's shape. When to use which status is
/// written down in docs/specs/http-status.md.
package struct Fault: Error, Sendable {
    package let status: Status
    /// For the client: what was wrong with the request, never what is inside the service.
    package let text: String
    /// Header fields besides the usual ones.
    package let fields: [APIResponse.Field]
    package let cause: (any Error)?

    package init(_ status: Status, _ text: String, fields: [APIResponse.Field] = [], cause: (any Error)? = nil) {
        self.status = status
        self.text = text
        self.fields = fields
        self.cause = cause
    }

    /// The statuses of refusals and failures, with the titles of RFC 9110.
    package enum Status: Int, Sendable, CaseIterable {
        case badRequest = 400
        case unauthorized = 401
        case notFound = 404
        case methodNotAllowed = 405
        case conflict = 409
        case contentTooLarge = 413
        case uriTooLong = 414
        case unsupportedMediaType = 415
        case internalError = 500
        case unavailable = 503

        package var title: String {
            switch self {
            case .badRequest: "Bad Request"
            case .unauthorized: "Unauthorized"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .conflict: "Conflict"
            case .contentTooLarge: "Content Too Large"
            case .uriTooLong: "URI Too Long"
            case .unsupportedMediaType: "Unsupported Media Type"
            case .internalError: "Internal Server Error"
            case .unavailable: "Service Unavailable"
            }
        }
    }

    package static func badRequest(_ text: String) -> Fault { Fault(.badRequest, text) }
    package static func notFound(_ text: String) -> Fault { Fault(.notFound, text) }

    /// Something that the request needs is away for now; the client may come again.
    package static func unavailable(_ text: String, retryAfter: Duration = .seconds(5), cause: any Error) -> Fault {
        let seconds = max(1, retryAfter.components.seconds)
        return Fault(.unavailable, text, fields: [.init("Retry-After", "\(seconds)")], cause: cause)
    }
}

extension Fault: CustomStringConvertible {
    package var description: String { "\(status.rawValue) \(status.title): \(text)" }
}

extension APIResponse {
    /// The answer that tells a client of a fault.
    init(_ fault: Fault) {
        let body: JSONValue = [
            "code": .int(Int64(fault.status.rawValue)), "title": .string(fault.status.title),
            "description": .string(fault.text),
        ]
        self = .json(body, status: fault.status.rawValue, fields: fault.fields)
    }
}

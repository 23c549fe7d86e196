/// One line of a service's table of contents: method, path, who may ask, and the handler.
package struct Route: Sendable {
    package let method: Method
    /// `/v1/metric/{id}/measures`; a part in braces matches any one segment and becomes a parameter.
    package let path: String
    package let access: Access
    /// Largest body; 0 where the route takes none.
    package let bodyLimit: Int
    package let handler: Handler

    package typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package enum Access: Sendable {
        /// Anybody who reaches the port: health and self-telemetry.
        case open
        /// Whoever holds the operator token.
        case token
    }

    /// A search or an aggregation expression; far above what people write.
    package static let defaultBodyLimit = 64 << 10

    package static func get(_ path: String, access: Access = .token, _ handler: @escaping Handler) -> Route {
        Route(method: .get, path: path, access: access, bodyLimit: 0, handler: handler)
    }

    /// Every route that is not a GET takes the token: there is no open write.
    package static func post(_ path: String, bodyLimit: Int = defaultBodyLimit, _ handler: @escaping Handler) -> Route {
        Route(method: .post, path: path, access: .token, bodyLimit: bodyLimit, handler: handler)
    }
}

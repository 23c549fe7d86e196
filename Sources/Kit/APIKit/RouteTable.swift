internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceKit

/// Puts the routes of all services into one router, with what is common to them: the token, the limits, the deadline.
struct RouteTable {
    let routes: [Route]
    let token: OperatorToken?
    let deadline: Duration

    /// Longer ones are no query that a person or client of ours would send.
    private static let maxURILength = 8 << 10

    /// The router; two routes with the same method and path are a programmer's error and trap.
    func router(instruments: APIInstruments) -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: RequestMiddleware(instruments: instruments))
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            for route in routes {
                router.on(RouterPath(path), method: .init(route.method)) { request, context in
                    try await respond(to: request, context, by: route)
                }
            }
            refuseOtherMethods(of: path, allowed: routes.map(\.method), in: router)
        }
        return router
    }

    private func respond(to request: Request, _ context: APIContext, by route: Route) async throws -> Response {
        guard request.uri.string.utf8.count <= Self.maxURILength else {
            throw Fault(.uriTooLong, "the address is longer than \(Self.maxURILength) bytes")
        }
        if case .token = route.access { try authorize(request) }
        guard let query = [APIRequest.QueryItem](parsing: request.uri.query ?? "") else {
            throw Fault.badRequest("the query is not percent-encoded UTF-8")
        }
        let parameters = context.parameters.map { (String($0.key), String($0.value)) }
        let asked = APIRequest(
            id: context.requestID, method: request.method.rawValue, path: request.uri.path, query: query,
            parameters: Dictionary(parameters, uniquingKeysWith: { first, _ in first }),
            body: try await body(of: request, limit: route.bodyLimit), logger: context.logger)
        let answer = try await withDeadline(deadline, clock: ContinuousClock()) { try await route.handler(asked) }
        return Response(answer)
    }

    /// Reads the token as OpenStack's clients send it, or as a bearer token (RFC 6750).
    private func authorize(_ request: Request) throws {
        let plain = HTTPField.Name("X-Auth-Token").flatMap { request.headers[$0] }
        let bearer = request.headers[.authorization].flatMap { value -> Substring? in
            let parts = value.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? parts[1] : nil
        }
        guard let presented = plain.map({ $0[...] }) ?? bearer, token?.matches(presented) == true else {
            throw Fault(
                .unauthorized, "the request needs the operator token, in X-Auth-Token or as a bearer token",
                fields: [.init("WWW-Authenticate", "Bearer realm=\"nephoscope\"")])
        }
    }

    private func body(of request: Request, limit: Int) async throws -> [UInt8] {
        guard limit > 0 else { return [] }
        let length = request.headers[.contentLength].flatMap(Int.init) ?? 0
        guard length <= limit else { throw Fault(.contentTooLarge, "the body is larger than \(limit) bytes") }
        let buffer = try await request.body.collect(upTo: limit)
        return Array(buffer.readableBytesView)
    }

    private func refuseOtherMethods(of path: String, allowed: [Route.Method], in router: Router<APIContext>) {
        let head = allowed.contains(.get) ? ["HEAD"] : []
        let names = (allowed.map(\.rawValue) + head).sorted().joined(separator: ", ")
        for method in Route.Method.allCases where !allowed.contains(method) {
            router.on(RouterPath(path), method: .init(method)) { _, _ -> Response in
                throw Fault(.methodNotAllowed, "this path takes \(names)", fields: [.init("Allow", names)])
            }
        }
    }
}

extension HTTPRequest.Method {
    fileprivate init(_ method: Route.Method) {
        switch method {
        case .get: self = .get
        case .post: self = .post
        case .put: self = .put
        case .patch: self = .patch
        case .delete: self = .delete
        }
    }
}

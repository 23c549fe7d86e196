internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Logging
internal import ServiceKit

/// The outermost layer: gives every request its id, turns whatever is thrown into an answer, logs and counts it.
struct RequestMiddleware: RouterMiddleware {
    let instruments: APIInstruments

    func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = Response(answer(error, to: request, context))
        }
        let elapsed = ContinuousClock.now - start
        if let name = HTTPField.Name("X-Openstack-Request-Id") { response.headers[name] = context.requestID }
        if let name = HTTPField.Name("X-Content-Type-Options") { response.headers[name] = "nosniff" }
        record(request, context, status: response.status.code, elapsed)
        return response
    }

    private func record(_ request: Request, _ context: APIContext, status: Int, _ elapsed: Duration) {
        let route = context.endpointPath ?? "none"
        let method = Route.Method(rawValue: request.method.rawValue)?.rawValue ?? "other"
        instruments.requests.add(1, method, route, "\(status)")
        instruments.duration[.init(status)].observe(elapsed)
        context.logger.info(
            "Request answered",
            metadata: [
                "http.method": "\(request.method.rawValue)", "http.path": "\(request.uri.path)",
                "http.status": "\(status)",
                "http.milliseconds": "\(elapsed / .milliseconds(1))",
                "client.address": "\(context.clientAddress ?? "")",
            ])
    }

    /// A fault as it is; the router's and the server's own refusals as faults; all else is a 500 whose reason stays here.
    private func answer(_ error: any Error, to request: Request, _ context: APIContext) -> APIResponse {
        switch error {
        case let fault as Fault:
            if let cause = fault.cause {
                context.logger.warning(
                    "Request failed", error: cause, metadata: ["http.status": "\(fault.status.rawValue)"])
            }
            return APIResponse(fault)
        case let deadline as DeadlineExceeded:
            return APIResponse(.unavailable("the request took too long", cause: deadline))
        case let refusal as any HTTPResponseError:
            if let status = Fault.Status(rawValue: refusal.status.code) {
                return APIResponse(Fault(status, Self.text(of: status, request)))
            }
        default:
            break
        }
        context.logger.error("Request failed", error: error, metadata: ["http.path": "\(request.uri.path)"])
        return APIResponse(Fault(.internalError, "something went wrong; the log has it as \(context.requestID)"))
    }

    private static func text(of status: Fault.Status, _ request: Request) -> String {
        switch status {
        case .notFound: "there is nothing at \(request.uri.path.prefix(200))"
        case .contentTooLarge: "the body is larger than this route takes"
        default: status.title
        }
    }
}

extension Response {
    init(_ answer: APIResponse) {
        var headers = HTTPFields()
        for field in answer.fields {
            if let name = HTTPField.Name(field.name) { headers.append(HTTPField(name: name, value: field.value)) }
        }
        self.init(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

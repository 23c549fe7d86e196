import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A web server on a port of its own that answers as the test says and remembers what it was sent.
final class WebhookListener: Sendable {
    struct Request: Hashable, Sendable {
        let uri: String
        let headers: [String: String]
        let body: String
    }

    /// What becomes of a request.
    enum Answer: Hashable, Sendable {
        case status(Int)
        /// Nothing is ever answered.
        case silence
    }

    private let state: Mutex<(requests: [Request], answers: [Answer])>
    private let usual: Answer

    /// The first requests get these answers in their order, all later ones the last.
    private init(_ answers: [Answer]) {
        state = Mutex((requests: [], answers: answers))
        usual = answers.last ?? .status(200)
    }

    var requests: [Request] { state.withLock(\.requests) }

    /// Runs `body` with the listener and its URL.
    static func run(
        answering answers: [Answer] = [.status(200)], _ body: (WebhookListener, String) async throws -> Void
    ) async throws {
        let listener = WebhookListener(answers)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(listener))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(listener, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/hook")
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    fileprivate func answer(_ request: Request) -> Answer {
        state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? usual : state.answers.removeFirst()
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let listener: WebhookListener
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ listener: WebhookListener) {
            self.listener = listener
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let buffer):
                body += String(buffer: buffer)
            case .end:
                respond(context)
            }
        }

        private func respond(_ context: ChannelHandlerContext) {
            guard let head else { return }
            let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            let answer = listener.answer(Request(uri: head.uri, headers: headers, body: body))
            guard case .status(let code) = answer else { return }
            var response = HTTPResponseHead(version: head.version, status: HTTPResponseStatus(statusCode: code))
            response.headers.add(name: "content-length", value: "0")
            if (300...399).contains(code) {
                response.headers.add(name: "location", value: "http://127.0.0.1:1/elsewhere")
            }
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

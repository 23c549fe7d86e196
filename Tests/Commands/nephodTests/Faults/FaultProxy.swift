import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy before a server under test, which misbehaves when it is told to.
///
/// It knows nothing of the protocols but one thing: a Kafka broker tells its clients its address, in which a proxy has to
/// put its own, of the same length so that no frame changes.
final class FaultProxy: Sendable {
    /// What becomes of what comes through.
    enum Behaviour: Sendable {
        case passing
        /// Connections are reset, those that stand and those that come.
        case refusing
        /// Connections stand, and nothing comes through them: a half-open network.
        case stalled
        /// Everything comes this much later.
        case slow(milliseconds: Int64)
        /// The next piece is cut in its middle, and its connection reset; what comes after passes.
        case truncating
    }

    /// An address to be replaced by another of the same length in what the server says.
    struct Rewriting: Sendable {
        let original: [UInt8]
        let replacement: [UInt8]

        init(_ original: String, by replacement: String) {
            precondition(original.utf8.count == replacement.utf8.count, "the frames keep their lengths")
            self.original = Array(original.utf8)
            self.replacement = Array(replacement.utf8)
        }
    }

    private let target: (host: String, port: Int)
    private let rewriting: Rewriting?
    private let state = Mutex(State())

    private struct State {
        var behaviour = Behaviour.passing
        var connections: [ObjectIdentifier: [any Channel]] = [:]
        var held: [(channel: any Channel, bytes: ByteBuffer)] = []
    }

    private init(target: (host: String, port: Int), rewriting: Rewriting?) {
        self.target = target
        self.rewriting = rewriting
    }

    /// Lends a proxy that listens at the address; port 0 takes a free one.
    static func run<Result>(
        at host: String = "127.0.0.1", port: Int = 0, before target: (host: String, port: Int),
        rewriting: Rewriting? = nil, _ body: (FaultProxy, _ port: Int) async throws -> Result
    ) async throws -> Result {
        let proxy = FaultProxy(target: target, rewriting: rewriting)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { proxy.accept($0) }
            .bind(host: host, port: port).get()
        let result: Result
        do {
            result = try await body(proxy, server.localAddress?.port ?? 0)
        } catch {
            try await server.close()
            throw error
        }
        try await server.close()
        proxy.behave(.refusing)
        return result
    }

    /// Changes the behaviour, of the connections that stand too.
    func behave(_ behaviour: Behaviour) {
        let (held, reset) = state.withLock { state -> ([(channel: any Channel, bytes: ByteBuffer)], [any Channel]) in
            state.behaviour = behaviour
            defer { state.held = [] }
            guard case .refusing = behaviour else { return (state.held, []) }
            return ([], state.connections.values.flatMap(\.self))
        }
        for piece in held { piece.channel.writeAndFlush(piece.bytes, promise: nil) }
        for channel in reset { Self.reset(channel) }
    }

    private func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        if case .refusing = state.withLock({ $0.behaviour }) { return client.close() }
        return ClientBootstrap(group: client.eventLoop).connect(host: target.host, port: target.port)
            .flatMapThrowing { [self] server in
                try client.pipeline.syncOperations.addHandler(Relay(self, to: server, rewriting: nil))
                try server.pipeline.syncOperations.addHandler(Relay(self, to: client, rewriting: rewriting))
                let id = ObjectIdentifier(client)
                state.withLock { $0.connections[id] = [client, server] }
                client.closeFuture.whenComplete { _ in
                    self.state.withLock { $0.connections[id] = nil }
                }
            }
    }

    fileprivate func forward(_ bytes: ByteBuffer, from sender: any Channel, to receiver: any Channel) {
        enum Step { case write, drop, later(Int64), cut }
        let step = state.withLock { state -> Step in
            switch state.behaviour {
            case .passing: return .write
            case .refusing: return .drop
            case .stalled:
                state.held.append((receiver, bytes))
                return .drop
            case .slow(let milliseconds): return .later(milliseconds)
            case .truncating:
                state.behaviour = .passing
                return .cut
            }
        }
        switch step {
        case .write: receiver.writeAndFlush(bytes, promise: nil)
        case .drop: break
        case .later(let milliseconds):
            receiver.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
                receiver.writeAndFlush(bytes, promise: nil)
            }
        case .cut:
            let half = bytes.getSlice(at: bytes.readerIndex, length: bytes.readableBytes / 2) ?? ByteBuffer()
            receiver.writeAndFlush(half).whenComplete { _ in
                Self.reset(receiver)
                Self.reset(sender)
            }
        }
    }

    /// Closes without a farewell: the other side sees a reset.
    private static func reset(_ channel: any Channel) {
        guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }

    /// Hands what one side says to the other.
    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let proxy: FaultProxy
        private let peer: any Channel
        private let rewriting: Rewriting?

        init(_ proxy: FaultProxy, to peer: any Channel, rewriting: Rewriting?) {
            self.proxy = proxy
            self.peer = peer
            self.rewriting = rewriting
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            proxy.forward(rewritten(unwrapInboundIn(data)), from: context.channel, to: peer)
        }

        func channelInactive(context: ChannelHandlerContext) {
            peer.close(promise: nil)
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        /// The address is sent in small answers of one piece, so that it is never cut in two.
        private func rewritten(_ buffer: ByteBuffer) -> ByteBuffer {
            guard let rewriting else { return buffer }
            var bytes = Array(buffer.readableBytesView)
            var found = false
            for start in bytes.indices.dropLast(rewriting.original.count - 1)
            where bytes[start] == rewriting.original[0]
                && bytes[start..<start + rewriting.original.count].elementsEqual(rewriting.original)
            {
                bytes.replaceSubrange(start..<start + rewriting.original.count, with: rewriting.replacement)
                found = true
            }
            return found ? ByteBuffer(bytes: bytes) : buffer
        }
    }
}

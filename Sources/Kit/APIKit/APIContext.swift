internal import Foundation
internal import Hummingbird
internal import Logging
internal import NIOCore

/// What Hummingbird carries along with a request.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// `req-` and a UUID, made anew for every request.
    let requestID: String
    let clientAddress: String?

    init(source: ApplicationRequestContextSource) {
        requestID = "req-" + UUID().uuidString.lowercased()
        clientAddress = source.channel.remoteAddress?.ipAddress
        coreContext = .init(source: source)
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request.id"] = "\(requestID)"
    }
}

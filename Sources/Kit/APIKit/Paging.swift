internal import Foundation
package import JSON

/// The part of a list that a client asks for: at most `limit` items after the one that `marker` names.
///
/// Markers, not offsets: a list that grows while it is read neither repeats nor skips.
package struct PageRequest: Hashable, Sendable {
    package let limit: Int
    package let marker: String?

    package static let defaultLimit = 100
    /// A larger page would hold a session and memory for too long; clients follow the link instead.
    package static let maxLimit = 1_000

    package init(limit: Int, marker: String?) {
        self.limit = limit
        self.marker = marker
    }

    package init(_ query: QueryReader) {
        limit = query.int("limit", in: 1...Self.maxLimit) ?? Self.defaultLimit
        marker = query.string("marker")
    }
}

extension APIResponse {
    /// One page of a list. `nextMarker` names the last item when more follow; it becomes a `Link` to the next page
    /// (RFC 8288), relative to the server because a proxy may stand before it.
    package static func page(_ items: [JSONValue], nextMarker: String?, of request: APIRequest) -> APIResponse {
        guard let nextMarker else { return .json(.array(items)) }
        var components = URLComponents()
        components.percentEncodedPath = request.path
        components.queryItems = request.query.filter { $0.name != "marker" }.map {
            .init(name: $0.name, value: $0.value)
        }
        components.queryItems?.append(URLQueryItem(name: "marker", value: nextMarker))
        components.percentEncodedQuery = components.percentEncodedQuery?.replacing("+", with: "%2B")
        return .json(.array(items), fields: [Field("Link", "<\(components.string ?? request.path)>; rel=\"next\"")])
    }
}

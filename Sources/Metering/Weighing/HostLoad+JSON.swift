internal import JSON
package import Telemetry

extension HostLoad {
    /// The version of the record's form; a reader refuses what it does not know.
    package static let version: Int64 = 1

    /// The record's value on the topic; its age is that by the publisher's clock.
    package func json(publishedAt: Instant) -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("version", .int(Self.version)), .init("host", .string(host.text)),
            .init("tick_at", .string(tickAt.text)),
            .init("age_seconds", .double(Self.rounded((publishedAt - tickAt) / .seconds(1)))),
            .init("interval_seconds", .double(interval / .seconds(1))),
            .init("stale_after_seconds", .double(staleAfter / .seconds(1))),
            .init("smoothing_seconds", .double(smoothing / .seconds(1))),
        ]
        for figure in HostLoadFigure.allCases {
            guard let value = figures[figure] else { continue }
            members.append(.init(figure.rawValue, .double(Self.rounded(value))))
        }
        var bytes: [UInt8] = []
        JSONValue.object(members).write(to: &bytes)
        return bytes
    }

    /// Three decimals: more would be noise of the smoothing.
    private static func rounded(_ value: Double) -> Double {
        (value * 1000).rounded() / 1000
    }
}

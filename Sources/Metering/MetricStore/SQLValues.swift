package import Aggregation
package import Postgres
package import Telemetry

// How the values of Domain travel to PostgreSQL and back. Domain knows nothing of SQL, so this stands here.

extension Identifier where Self: SQLBindable {
    package static var sqlType: PostgresType { .text }
    package func encode(into bytes: inout [UInt8]) { text.encode(into: &bytes) }
}

extension Identifier where Self: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Self { Self(try String.decode(field)) }
}

extension ProjectID: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
extension UserID: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
extension ResourceID: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
extension ResourceType: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
extension MeterName: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
extension HostName: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
extension MessageID: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}

extension MetricID: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {
    package static var sqlType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { number.encode(into: &bytes) }
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> MetricID {
        MetricID(try Int64.decode(field))
    }
}

/// PostgreSQL keeps microseconds: an instant is cut to one on its way there.
extension Instant: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {
    package static var sqlType: PostgresType { .timestamptz }

    package func encode(into bytes: inout [UInt8]) { Timestamp(nanoseconds: nanoseconds).encode(into: &bytes) }

    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Instant {
        guard let nanoseconds = try Timestamp.decode(field).nanoseconds else { throw .range }
        return Instant(nanoseconds: nanoseconds)
    }

    /// The instant as the database gives it back.
    package var cutToMicrosecond: Instant { floor(to: .microseconds(1)) }
}

extension MeterKind: SQLBindable, SQLArrayElement, SQLDecodable {
    package static var sqlType: PostgresType { .text }
    package func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }

    package static func decode(_ field: SQLField) throws(SQLFieldError) -> MeterKind {
        guard let kind = MeterKind(rawValue: try String.decode(field)) else { throw .range }
        return kind
    }
}

extension CalendarDay {
    /// The length of a day in UTC, leap seconds not counted.
    package static let length = Duration.seconds(86_400)

    /// The day, in UTC, that holds an instant.
    package init(holding instant: Instant) {
        self.init(daysSince1970: Int(instant.floor(to: Self.length).nanoseconds / Self.length.nanoseconds))
    }

    /// Its beginning.
    ///
    /// Days of instants only, so within what an instant can hold but for the very first.
    package var start: Instant {
        let (product, overflow) = Int64(daysSince1970).multipliedReportingOverflow(by: Self.length.nanoseconds)
        return Instant(nanoseconds: overflow ? .min : product)
    }

    package var next: CalendarDay { advanced(by: 1) }

    package func advanced(by days: Int) -> CalendarDay { CalendarDay(daysSince1970: daysSince1970 + days) }
}

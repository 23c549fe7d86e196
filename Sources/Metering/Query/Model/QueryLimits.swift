/// The limits of questions and answers.
///
/// Each is a bound of memory or of a statement's size, far above what a screen or
/// report shows.
package enum QueryLimits {
    /// Resources on one page.
    package static let pageSize = 1_000
    /// Ids, types or projects in one filter: they travel as one array.
    package static let filterValues = 1_000
    /// Attribute conditions in one filter, each of which is evaluated per resource.
    package static let attributeConditions = 16
    /// Metrics that one aggregation reads: a site of ten thousand servers.
    package static let metrics = 10_000
    /// Keys of one grouping.
    package static let groupKeys = 8
    /// Points of one answer, and measures read for one: 16 MB, or a day of seconds eleven times over.
    package static let points = 1_000_000
    /// Events of one answer: a kilobyte each.
    package static let events = 10_000
    /// Lines of a list of meters: names times resource types.
    package static let meters = 10_000
    /// Bytes of a report or bill, about half a million lines: an answer is in memory as a whole.
    package static let answerBytes = 128 << 20

    /// Refuses an answer that has grown too large.
    package static func checkAnswer(bytes: Int) throws(QueryError) {
        try check(.answerBytes, bytes, limit: answerBytes)
    }
}

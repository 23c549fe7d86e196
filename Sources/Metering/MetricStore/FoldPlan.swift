import Aggregation
import Postgres
import Telemetry

/// Which rows of windows have to be made anew when measures of some days have changed, and which measures that takes.
///
/// A row holds the windows that begin on its day. Windows may be wider than a day or not divide it: then a measure also changes rows of
/// earlier days, and a row needs measures of later days.
struct FoldPlan {
    /// One row of windows to be made.
    struct Row: Hashable {
        let definition: ArchiveDefinition
        let day: CalendarDay
        /// From the beginning of the row's first window to the end of its last.
        let span: Range<Instant>
    }

    let rows: [Row]

    /// Plans for the days on which measures were added, and those whose first measure has another predecessor now.
    init(policy: ArchivePolicy, changed: Set<CalendarDay>) {
        rows = policy.definitions.flatMap { definition in
            Self.days(definition, changed).sorted().compactMap { day in
                Self.span(definition, day).map { Row(definition: definition, day: day, span: $0) }
            }
        }
    }

    /// The days whose measures are needed, the predecessors of the first measures apart.
    var measureDays: Set<CalendarDay> {
        rows.reduce(into: []) { days, row in
            let last = CalendarDay(holding: row.span.upperBound - .nanoseconds(1))
            var day = CalendarDay(holding: row.span.lowerBound)
            while day <= last {
                days.insert(day)
                day = day.next
            }
        }
    }

    /// The days on which windows begin that reach into a changed day.
    private static func days(_ definition: ArchiveDefinition, _ changed: Set<CalendarDay>) -> Set<CalendarDay> {
        changed.reduce(into: []) { days, last in
            var day = CalendarDay(holding: window(definition, last.start).lowerBound)
            while day <= last {
                days.insert(day)
                day = day.next
            }
        }
    }

    /// The windows that begin on a day, as one span; nil where none does.
    private static func span(_ definition: ArchiveDefinition, _ day: CalendarDay) -> Range<Instant>? {
        let first = window(definition, day.start)
        let last = window(definition, day.next.start - .nanoseconds(1))
        guard last.lowerBound >= day.start else { return nil }
        return (first.lowerBound < day.start ? first.upperBound : first.lowerBound)..<last.upperBound
    }

    private static func window(_ definition: ArchiveDefinition, _ instant: Instant) -> Range<Instant> {
        WindowWidth.fixed(definition.granularity).window(holding: instant)
    }
}

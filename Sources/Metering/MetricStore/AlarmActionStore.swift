package import Postgres
package import Telemetry

/// The actions that wait for delivery (table `alarm.action`).
///
/// A delivery is an attempt under a lease: whoever claims an action has until its end to report; then it is claimed again. So
/// an action is delivered at least once whatever dies, and once while nothing does.
package struct AlarmActionStore: Sendable {
    package init() {}

    /// Of so many due actions the ones to claim are chosen; more are looked at when some of these are under way.
    private static let candidateLimit = 1_000

    /// Claims actions that are due, oldest first.
    ///
    /// Of the actions of one alarm for one address only the oldest is due, so that a receiver never hears of an end before
    /// its beginning. What another process is claiming is left out.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - perAddress: how many of one address at most.
    ///   - rooms: the addresses for which it is fewer, because others are under way; not above zero means none.
    package func claim(
        limit: Int, perAddress: Int = .max, rooms: [String: Int] = [:], lease: Duration, in db: isolated Session
    ) throws -> [AlarmAction] {
        let full = rooms.filter { $0.value <= 0 }.keys.sorted()
        let partly = rooms.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        return try db.query(
            """
            WITH candidate AS (
                SELECT action_number, url, due_at FROM alarm.action AS candidate
                 WHERE status = 'pending' AND due_at <= clock_timestamp() AND url <> ALL(\(full))
                   AND NOT EXISTS (
                       SELECT FROM alarm.action AS earlier
                        WHERE earlier.status = 'pending' AND earlier.alarm_id = candidate.alarm_id
                          AND earlier.url = candidate.url AND earlier.action_number < candidate.action_number)
                 ORDER BY due_at
                 LIMIT \(Self.candidateLimit)),
            ranked AS (
                SELECT action_number, url, row_number() OVER (PARTITION BY url ORDER BY due_at, action_number) AS place
                  FROM candidate),
            due AS (
                SELECT action_number FROM alarm.action JOIN ranked USING (action_number)
                  LEFT JOIN unnest(\(partly.map(\.key)), \(partly.map(\.value))) AS room (address, free)
                         ON room.address = ranked.url
                 WHERE place <= coalesce(room.free, \(perAddress)) AND status = 'pending' AND due_at <= clock_timestamp()
                 ORDER BY due_at
                 LIMIT \(limit)
                   FOR UPDATE OF action SKIP LOCKED)
            UPDATE alarm.action
               SET attempt_count = attempt_count + 1,
                   due_at = clock_timestamp() + make_interval(secs => \(lease / .seconds(1)))
              FROM due
             WHERE action.action_number = due.action_number
            RETURNING action.action_number, action_id::text AS action_id, url, body, attempt_count, created_at
            """, AlarmAction.init(row:))
    }

    /// Takes note that an action was delivered.
    package func delivered(_ action: AlarmAction, in db: isolated Session) throws {
        try db.execute(
            """
            UPDATE alarm.action SET status = 'delivered', ended_at = clock_timestamp(), last_error = NULL
             WHERE action_number = \(action.number) AND status = 'pending'
            """)
    }

    /// Takes note that this attempt failed, and puts the next one off; a later attempt's lease stays as it is.
    package func failed(
        _ action: AlarmAction, because error: String, retryAfter delay: Duration, in db: isolated Session
    ) throws {
        try db.execute(
            """
            UPDATE alarm.action
               SET due_at = clock_timestamp() + make_interval(secs => \(delay / .seconds(1))), last_error = \(error)
             WHERE action_number = \(action.number) AND attempt_count = \(action.attempt) AND status = 'pending'
            """)
    }

    /// Gives an action up.
    package func abandoned(_ action: AlarmAction, because error: String, in db: isolated Session) throws {
        try db.execute(
            """
            UPDATE alarm.action SET status = 'abandoned', ended_at = clock_timestamp(), last_error = \(error)
             WHERE action_number = \(action.number) AND attempt_count = \(action.attempt) AND status = 'pending'
            """)
    }

    /// How many actions wait, and since when the oldest does.
    package func backlog(in db: isolated Session) throws -> (count: Int, oldest: Instant?) {
        let row = try db.queryOne(
            "SELECT count(*) AS count, min(created_at) AS oldest FROM alarm.action WHERE status = 'pending'"
        ) { (count: try $0["count", as: Int.self], oldest: try $0["oldest", as: Instant?.self]) }
        return row ?? (0, nil)
    }
}

/// An action and the attempt that was claimed.
package struct AlarmAction: Hashable, Sendable {
    let number: Int64
    /// The same in every attempt.
    package let id: String
    package let url: String
    package let body: String
    /// Counts from 1.
    package let attempt: Int32
    package let createdAt: Instant

    init(row: borrowing Row) throws {
        number = try row["action_number"]
        id = try row["action_id"]
        url = try row["url"]
        body = try row["body"]
        attempt = try row["attempt_count"]
        createdAt = try row["created_at"]
    }
}

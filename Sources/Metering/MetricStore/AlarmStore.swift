package import Alarms
internal import JSON
package import Postgres
package import Telemetry

/// Alarms, their history and their actions (schema `alarm`).
///
/// All functions run inside the caller's transaction: a change of status, its history and its actions are written together
/// with the samples that brought it.
package struct AlarmStore: Sendable {
    package init() {}

    /// The alarms of these keys, locked until the transaction ends; those that are new are made with the severity given.
    package func lock(
        _ severities: [AlarmKey: AlarmSeverity], at now: Instant, in db: isolated Session
    ) throws -> [AlarmKey: StoredAlarm] {
        guard !severities.isEmpty else { return [:] }
        // One order for all, so that two transactions can't wait for each other.
        let keys = severities.keys.sorted()
        var found = try select(keys, in: db)
        let missing = keys.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        try db.execute(
            """
            INSERT INTO alarm.alarm (rule_name, resource_id, meter, severity, status_at)
            SELECT rule_name, resource_id, meter, severity, \(now)
              FROM unnest(\(missing.map(\.rule.text)), \(missing.map(\.resource)), \(missing.map(\.meter)),
                          \(missing.map { (severities[$0] ?? .low).rawValue }))
                   AS new (rule_name, resource_id, meter, severity)
            ON CONFLICT (rule_name, resource_id, meter) DO NOTHING
            """)
        found.merge(try select(missing, in: db)) { old, _ in old }
        return found
    }

    private func select(_ keys: [AlarmKey], in db: isolated Session) throws -> [AlarmKey: StoredAlarm] {
        let alarms = try db.query(
            """
            SELECT alarm_id::text AS alarm_id, rule_name, resource_id, meter, severity, status, status_at, reason, memory
              FROM alarm.alarm
             WHERE (rule_name, resource_id, meter) IN (
                   SELECT * FROM unnest(\(keys.map(\.rule.text)), \(keys.map(\.resource)), \(keys.map(\.meter))))
             ORDER BY rule_name COLLATE "C", resource_id COLLATE "C", meter COLLATE "C"
               FOR UPDATE
            """, StoredAlarm.init(row:))
        return Dictionary(uniqueKeysWithValues: alarms.map { ($0.key, $0) })
    }

    /// Alarms whose deadline of silence has passed, locked; those that another transaction holds are left out.
    package func silent(at now: Instant, limit: Int, in db: isolated Session) throws -> [StoredAlarm] {
        try db.query(
            """
            SELECT alarm_id::text AS alarm_id, rule_name, resource_id, meter, severity, status, status_at, reason, memory
              FROM alarm.alarm
             WHERE silent_at <= \(now)
             ORDER BY silent_at
             LIMIT \(limit)
               FOR UPDATE SKIP LOCKED
            """, StoredAlarm.init(row:))
    }

    /// Writes states, the history of those whose status changed, and the actions to be taken.
    package func save(_ changes: [AlarmChange], in db: isolated Session) throws {
        guard !changes.isEmpty else { return }
        let latest = changes.map { $0.transitions.last { !$0.transition.isRepetition } }
        try db.execute(
            """
            UPDATE alarm.alarm
               SET status = new.status, memory = new.memory, silent_at = new.silent_at, severity = new.severity,
                   status_at = coalesce(new.status_at, alarm.status_at), reason = coalesce(new.reason, alarm.reason)
              FROM unnest(\(changes.map(\.alarmID))::uuid[], \(changes.map(\.state.status.rawValue)),
                          \(changes.map { JSONB($0.state.memory.text) }), \(changes.map(\.silentAt)),
                          \(changes.map(\.severity.rawValue)), \(latest.map { $0?.at }),
                          \(latest.map { $0?.transition.reason }))
                   AS new (alarm_id, status, memory, silent_at, severity, status_at, reason)
             WHERE alarm.alarm_id = new.alarm_id
            """)
        try record(changes, in: db)
        try enqueue(changes.flatMap(\.actions), in: db)
    }

    private func record(_ changes: [AlarmChange], in db: isolated Session) throws {
        let entries = changes.flatMap { change in
            change.transitions.filter { !$0.transition.isRepetition }.map { (change, $0.transition, $0.at) }
        }
        guard !entries.isEmpty else { return }
        try db.execute(
            """
            INSERT INTO alarm.history (alarm_id, changed_at, previous, current, severity, reason, reason_data)
            SELECT * FROM unnest(
                \(entries.map(\.0.alarmID))::uuid[], \(entries.map(\.2)), \(entries.map(\.1.previous.rawValue)),
                \(entries.map(\.1.current.rawValue)), \(entries.map(\.0.severity.rawValue)),
                \(entries.map(\.1.reason)), \(entries.map { JSONB($0.1.reasonData.text) }))
            """)
    }

    private func enqueue(_ actions: [NewAlarmAction], in db: isolated Session) throws {
        guard !actions.isEmpty else { return }
        try db.execute(
            """
            INSERT INTO alarm.action (alarm_id, url, body)
            SELECT alarm_id, url, body
              FROM unnest(\(actions.map(\.alarmID))::uuid[], \(actions.map(\.url)), \(actions.map(\.body)))
                   WITH ORDINALITY AS new (alarm_id, url, body, position)
             ORDER BY position
            """)
    }

    // MARK: Reading

    /// Alarms in the order of their keys, from behind one of them; nil begins with the first.
    package func alarms(after key: AlarmKey?, limit: Int, in db: isolated Session) throws -> [StoredAlarm] {
        let beginning = AlarmKey(rule: "", resource: "", meter: "")
        let key = key ?? beginning
        return try db.query(
            """
            SELECT alarm_id::text AS alarm_id, rule_name, resource_id, meter, severity, status, status_at, reason, memory
              FROM alarm.alarm
             WHERE (rule_name, resource_id, meter) > (\(key.rule.text), \(key.resource), \(key.meter))
             ORDER BY rule_name, resource_id, meter
             LIMIT \(limit)
            """, StoredAlarm.init(row:))
    }

    /// The changes of one alarm, newest first.
    package func history(of alarmID: String, limit: Int, in db: isolated Session) throws -> [AlarmHistoryEntry] {
        try db.query(
            """
            SELECT changed_at, recorded_at, previous, current, severity, reason, reason_data
              FROM alarm.history WHERE alarm_id = \(alarmID)::uuid ORDER BY history_number DESC LIMIT \(limit)
            """, AlarmHistoryEntry.init(row:))
    }

    /// Deletes history and finished actions that are older than this, and alarms that have known nothing for so long, which are
    /// made anew when a measure comes: those of resources and rules that are gone.
    package func prune(before instant: Instant, in db: isolated Session) throws -> Int {
        try db.execute("DELETE FROM alarm.history WHERE recorded_at < \(instant)")
            + db.execute("DELETE FROM alarm.action WHERE status <> 'pending' AND ended_at < \(instant)")
            + db.execute(
                """
                DELETE FROM alarm.alarm AS old
                 WHERE status = 'insufficient data' AND status_at < \(instant) AND silent_at IS NULL
                   AND NOT EXISTS (SELECT FROM alarm.action WHERE action.alarm_id = old.alarm_id)
                   AND NOT EXISTS (SELECT FROM alarm.history WHERE history.alarm_id = old.alarm_id)
                """)
    }
}

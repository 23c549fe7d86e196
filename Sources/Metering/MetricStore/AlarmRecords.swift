package import Alarms
package import JSON
package import Postgres
package import Telemetry

/// What an alarm is about: a rule, and the resource and meter that it watches.
package struct AlarmKey: Hashable, Sendable, Comparable {
    package let rule: AlarmName
    package let resource: ResourceID
    package let meter: MeterName

    package init(rule: AlarmName, resource: ResourceID, meter: MeterName) {
        self.rule = rule
        self.resource = resource
        self.meter = meter
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.rule, left.resource, left.meter) < (right.rule, right.resource, right.meter)
    }
}

/// An alarm as the store has it.
package struct StoredAlarm: Hashable, Sendable {
    /// A UUID.
    package let id: String
    package let key: AlarmKey
    package let severity: AlarmSeverity
    package let statusAt: Instant
    package let reason: String
    package let state: AlarmState

    init(row: borrowing Row) throws {
        id = try row["alarm_id"]
        key = AlarmKey(
            rule: AlarmName(try row["rule_name", as: String.self]), resource: try row["resource_id"],
            meter: try row["meter"])
        severity = try row["severity"]
        statusAt = try row["status_at"]
        reason = try row["reason"]
        let status: AlarmStatus = try row["status"]
        let memory = try JSONValue(parsing: try row["memory", as: JSONB.self].text)
        // A memory of another version's form is forgotten: the status stands, and the next measures decide anew.
        state = AlarmState(status: status, memory: memory) ?? AlarmState(status: status)
    }
}

/// What is to be written of one alarm.
package struct AlarmChange: Sendable {
    package let alarmID: String
    package let severity: AlarmSeverity
    package let state: AlarmState
    package let silentAt: Instant?
    /// In the order in which they came to pass.
    package let transitions: [(transition: AlarmTransition, at: Instant)]
    package let actions: [NewAlarmAction]

    package init(
        alarmID: String, severity: AlarmSeverity, state: AlarmState, silentAt: Instant?,
        transitions: [(transition: AlarmTransition, at: Instant)], actions: [NewAlarmAction]
    ) {
        self.alarmID = alarmID
        self.severity = severity
        self.state = state
        self.silentAt = silentAt
        self.transitions = transitions
        self.actions = actions
    }
}

/// One change in an alarm's history.
package struct AlarmHistoryEntry: Hashable, Sendable {
    package let changedAt: Instant
    package let recordedAt: Instant
    package let previous: AlarmStatus
    package let current: AlarmStatus
    package let severity: AlarmSeverity
    package let reason: String
    package let reasonData: JSONValue

    init(row: borrowing Row) throws {
        changedAt = try row["changed_at"]
        recordedAt = try row["recorded_at"]
        previous = try row["previous"]
        current = try row["current"]
        severity = try row["severity"]
        reason = try row["reason"]
        reasonData = try JSONValue(parsing: try row["reason_data", as: JSONB.self].text)
    }
}

/// An action to be taken: a body for an address.
package struct NewAlarmAction: Hashable, Sendable {
    package let alarmID: String
    package let url: String
    package let body: String

    package init(alarmID: String, url: String, body: String) {
        self.alarmID = alarmID
        self.url = url
        self.body = body
    }
}

extension AlarmStatus: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> AlarmStatus {
        guard let status = AlarmStatus(rawValue: try String.decode(field)) else { throw .range }
        return status
    }
}

extension AlarmSeverity: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> AlarmSeverity {
        guard let severity = AlarmSeverity(rawValue: try String.decode(field)) else { throw .range }
        return severity
    }
}

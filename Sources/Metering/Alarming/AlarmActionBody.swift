internal import Alarms
internal import JSON
internal import MetricStore
internal import Telemetry

/// What a webhook is sent: Aodh's notification of an alarm.
///
/// The resource and the meter, which Aodh's rules name and ours match by pattern, stand in `reason_data`.
struct AlarmActionBody {
    let alarm: StoredAlarm
    let severity: AlarmSeverity
    let transition: AlarmTransition

    var json: JSONValue {
        let reasonData =
            (transition.reasonData.members ?? []) + [
                .init("resource_id", .string(alarm.key.resource.text)), .init("meter", .string(alarm.key.meter.text)),
            ]
        return [
            "alarm_name": .string(alarm.key.rule.text), "alarm_id": .string(alarm.id),
            "severity": .string(severity.rawValue), "previous": .string(transition.previous.rawValue),
            "current": .string(transition.current.rawValue), "reason": .string(transition.reason),
            "reason_data": .object(reasonData),
        ]
    }
}

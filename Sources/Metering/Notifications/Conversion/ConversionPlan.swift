/// Which definitions are for one event type; found once per type.
struct ConversionPlan: Sendable {
    let meters: [MeterDefinition]
    /// Nil where no definition takes the type, or no pipeline takes the event.
    let event: EventDefinition?
    /// The meters whose patterns took too long on this type.
    let failures: [Rejection]

    init(for eventType: String, _ definitions: Definitions, dropsUnmatched: Bool) {
        var meters: [MeterDefinition] = []
        var failures: [Rejection] = []
        for meter in definitions.meters {
            do throws(PatternOverrun) {
                if try meter.matches(eventType) { meters.append(meter) }
            } catch {
                failures.append(Rejection(subject: meter.label, fault: .path(.tooMuchWork)))
            }
        }
        self.meters = meters
        self.failures = failures
        guard definitions.pipelines.takesEvent(eventType) else {
            event = nil
            return
        }
        let definition = definitions.events.last { $0.matches(eventType) }
        event = definition ?? (dropsUnmatched ? nil : .catchall)
    }
}

/// Which definitions are for one event type; found once per type.
struct ConversionPlan: Sendable {
    let builtIn: [BuiltInSource]
    let meters: [Meter]
    /// Nil where no definition takes the type, or no pipeline takes the event.
    let event: EventDefinition?
    /// The meters whose patterns took too long on this type.
    let failures: [Rejection]

    /// A definition, and which of the plan's metadata its samples carry: definitions that ask for the same share theirs.
    struct Meter: Sendable {
        let definition: MeterDefinition
        let metadataIndex: Int

        fileprivate init(_ definition: MeterDefinition, after others: [Meter]) {
            let like = others.first {
                $0.definition.metadata == definition.metadata && $0.definition.userMetadata == definition.userMetadata
            }
            self.definition = definition
            self.metadataIndex = like?.metadataIndex ?? others.count
        }
    }

    init(for eventType: String, _ definitions: Definitions, dropsUnmatched: Bool) {
        var builtIn: [BuiltInSource] = []
        var meters: [Meter] = []
        var failures: [Rejection] = []
        for source in BuiltInSource.all {
            do throws(PatternOverrun) {
                if try source.matches(eventType) { builtIn.append(source) }
            } catch {
                failures.append(Rejection(subject: "\(source)", fault: .path(.tooMuchWork)))
            }
        }
        for meter in definitions.meters {
            do throws(PatternOverrun) {
                if try meter.matches(eventType) { meters.append(Meter(meter, after: meters)) }
            } catch {
                failures.append(Rejection(subject: meter.label, fault: .path(.tooMuchWork)))
            }
        }
        self.builtIn = builtIn
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

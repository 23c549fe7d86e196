import JSON
import Synchronization
import Telemetry

/// Turns messages into samples and events by Ceilometer's definitions.
///
/// Immutable but for a cache; may be used from any thread. What a message costs depends on the definitions that match its type,
/// not on how many there are.
package final class Converter: Sendable {
    /// So many event types are remembered. A cloud has some four hundred; beyond the limit types are matched anew, so that
    /// a producer of random types can't fill the memory.
    private static let knownTypeLimit = 4_096

    private let definitions: Definitions
    package let options: ConversionOptions
    private let signature: MessageSignature?
    private let plans = Mutex<[ExactText: ConversionPlan]>([:])

    package init(_ definitions: Definitions, options: ConversionOptions = ConversionOptions()) {
        self.definitions = definitions
        self.options = options
        self.signature = options.telemetrySecret.map(MessageSignature.init)
    }

    /// Reads a message and converts it.
    package func convert(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Conversion {
        convert(try Notification(reading: bytes, limits: options.limits))
    }

    /// Converts a notification. As in Ceilometer, levels `info` and `sample` give samples, `info` and `error` give events,
    /// and the others nothing.
    package func convert(_ notification: Notification) -> Conversion {
        let view = notification.view
        var rejections: [Rejection] = []
        var drafts: [SampleDraft] = []
        if notification.priority == .info || notification.priority == .sample {
            let plan = plan(for: notification.eventType)
            drafts = self.drafts(of: notification, view, plan, &rejections)
        }
        var event: Event?
        if notification.priority == .info || notification.priority == .error {
            let plan = plan(for: notification.eventType)
            event = plan.event.map { self.event(of: notification, view, $0, &rejections) }
        }
        return Conversion(
            notification: notification, samples: samples(from: drafts, &rejections), event: event,
            rejections: rejections, drafts: drafts)
    }

    // MARK: Samples

    private func drafts(
        of notification: Notification, _ view: PathValue, _ plan: ConversionPlan, _ rejections: inout [Rejection]
    ) -> [SampleDraft] {
        var drafts: [SampleDraft] = []
        rejections += plan.failures
        for source in plan.builtIn {
            let output = source.output(for: notification, signature: signature, sampleSource: options.sampleSource)
            drafts += output.drafts
            rejections += output.rejections
        }
        var known: [JSONValue?] = Array(repeating: nil, count: plan.meters.count)
        for meter in plan.meters {
            do throws(ConversionFault) {
                let metadata: JSONValue
                if let shared = known[meter.metadataIndex] {
                    metadata = shared
                } else {
                    metadata = try meter.definition.metadata(of: notification, view, options.reservedMetadata)
                    known[meter.metadataIndex] = metadata
                }
                drafts += try meter.definition.drafts(of: notification, view, metadata, options)
            } catch {
                rejections.append(Rejection(subject: meter.definition.label, fault: error))
            }
        }
        return drafts.filter { definitions.pipelines.takesSample($0.name.string ?? "") }
    }

    private func samples(from drafts: [SampleDraft], _ rejections: inout [Rejection]) -> [Sample] {
        var samples: [Sample] = []
        for draft in drafts {
            do throws(ConversionFault) {
                samples.append(try Sample(draft))
            } catch {
                rejections.append(Rejection(subject: draft.name.string ?? draft.name.text, fault: error))
            }
        }
        return samples
    }

    // MARK: Events

    private func event(
        of notification: Notification, _ view: PathValue, _ definition: EventDefinition, _ rejections: inout [Rejection]
    ) -> Event {
        var traits: [Trait] = []
        for trait in definition.traits {
            do throws(ConversionFault) {
                if let trait = try trait.trait(of: view) { traits.append(trait) }
            } catch {
                rejections.append(Rejection(subject: trait.field.name, fault: error))
            }
        }
        return Event(
            messageID: notification.messageID, eventType: notification.eventType, generated: notification.timestamp,
            traits: traits)
    }

    // MARK: Plans

    private func plan(for eventType: String) -> ConversionPlan {
        let key = ExactText(eventType)
        if let plan = plans.withLock({ $0[key] }) { return plan }
        let plan = ConversionPlan(for: eventType, definitions, dropsUnmatched: options.dropsUnmatched)
        plans.withLock { plans in
            if plans.count < Self.knownTypeLimit { plans[key] = plan }
        }
        return plan
    }
}

import JSON
import Kafka
import MetricStore
import Notifications
import ServiceKit
import Telemetry
import Usage

/// Turns messages into what is stored.
///
/// Runs on the consumer's own thread; no I/O, no clock.
struct MessageConversion {
    let rules: IngestionRules
    let samplesTopic: String
    let instruments: IngestionInstruments

    /// Converts the messages of a poll.
    ///
    /// None is left out: what can't be read becomes a dead letter.
    func convert(_ messages: borrowing MessageBatch) -> IngestBatch {
        var converted: [ConvertedMessage] = []
        converted.reserveCapacity(messages.count)
        for index in 0..<messages.count { converted.append(convert(messages[index])) }
        return IngestBatch(converted)
    }

    private func convert(_ message: IncomingMessage) -> ConvertedMessage {
        convert(
            source: message.source, offset: message.offset, key: message.key.map { Array($0) },
            value: Array(message.value))
    }

    /// Converts one message.
    func convert(source: TopicPartition, offset: Int64, key: [UInt8]?, value: [UInt8]) -> ConvertedMessage {
        let isBatch = source.topic == samplesTopic
        instruments.received[isBatch ? .batch : .notification].add()
        let letter = { (reason: DeadLetterReason, text: String) in
            let letter = DeadLetter(
                source: source, offset: offset, reason: reason, explanation: text, key: key, value: value)
            return ConvertedMessage.Content.dead(letter, isDelivered: false)
        }
        let content: ConvertedMessage.Content
        if isBatch {
            do throws(WireError) {
                let batch = try batch(value)
                content =
                    Instant.believable.contains(batch.polledAt)
                    ? .batch(batch) : letter(.timeUnbelievable, "polled at \(batch.polledAt)")
            } catch {
                content = letter(DeadLetterReason(error), "not a sample batch: \(error)")
            }
        } else {
            do throws(EnvelopeError) {
                content = .notification(try notification(value))
            } catch {
                content = letter(DeadLetterReason(error.reason), "\(error)")
            }
        }
        return ConvertedMessage(source: source, offset: offset, key: key, value: value, content: content)
    }

    // MARK: Sample batches

    private func batch(_ bytes: [UInt8]) throws(WireError) -> ConvertedBatch {
        let batch = try Self.decode(bytes)
        guard let name = AgentSequenceStore.BatchName(batch) else { throw .invalid(.number) }
        return ConvertedBatch(
            name: name, polledAt: batch.polledAt,
            resources: batch.resources.map { Self.measured($0, of: batch) }, batch: batch)
    }

    private static func decode(_ bytes: [UInt8]) throws(WireError) -> SampleBatch {
        let result = bytes.withUnsafeBytes { buffer -> Result<SampleBatch, WireError> in
            Result { () throws(WireError) in try SampleBatch(decoding: buffer) }
        }
        return try result.get()
    }

    private static func measured(_ resource: BatchResource, of batch: SampleBatch) -> MeasuredResource {
        let attributes = (resource.attributes ?? []).map { JSONValue.Member($0.key, .string($0.value)) }
        let observation = ResourceObservation(
            id: resource.id, at: batch.polledAt, type: resource.type, projectID: resource.projectID,
            userID: resource.userID, attributes: ResourceAttributes(attributes))
        let readings = resource.readings.map {
            MeasuredResource.Reading(meter: $0.meter, timestamp: batch.timestamp(of: $0), value: $0.value)
        }
        return MeasuredResource(observation: observation, meters: batch.meters, readings: readings)
    }

    // MARK: Notifications

    private func notification(_ bytes: [UInt8]) throws(EnvelopeError) -> ConvertedNotification {
        let notification = try Notification(reading: bytes, limits: rules.converter.options.limits)
        let conversion = rules.converter.convert(notification)
        for rejection in conversion.rejections { instruments.conversionRejected.add(1, rejection.fault.label) }
        let change = conversion.event.flatMap { event in rules.resources.change(by: event).map { (event.generated, $0) } }
        return ConvertedNotification(
            fingerprint: MessageFingerprint(
                messageID: notification.messageID, payloadHash: notification.digest()),
            event: conversion.event,
            facts: UsageFact.facts(
                messageID: notification.messageID, eventType: notification.eventType, generated: notification.timestamp,
                payload: notification.payload),
            observation: change.map(Self.observation), ends: change.map(Self.ends) ?? [],
            resources: conversion.samples.map(measured))
    }

    private func measured(_ sample: Sample) -> MeasuredResource {
        let attributes = rules.resources.attributes(of: sample)
        for rejection in attributes.rejections { instruments.conversionRejected.add(1, rejection.fault.label) }
        let observation = ResourceObservation(
            id: sample.resourceID, at: sample.timestamp, type: rules.resources.place(of: sample.meter).type,
            projectID: sample.projectID, userID: sample.userID, attributes: ResourceAttributes(attributes.values))
        return MeasuredResource(
            observation: observation, meters: [BatchMeter(name: sample.meter, kind: sample.kind, unit: sample.unit)],
            readings: [MeasuredResource.Reading(meter: 0, timestamp: sample.timestamp, value: sample.volume)])
    }

    private static func observation(
        at generated: Instant, of change: ResourceCatalogue.ResourceChange
    ) -> ResourceObservation {
        ResourceObservation(
            id: change.id, at: generated, type: change.type, attributes: ResourceAttributes(change.attributes),
            startedAt: change.change == .create ? generated : nil, endedAt: change.change == .delete ? generated : nil)
    }

    /// The disks and interfaces of a server end with it, and nothing else says so.
    private static func ends(at generated: Instant, of change: ResourceCatalogue.ResourceChange) -> [AssociatedEnd] {
        guard change.change == .delete else { return [] }
        return change.associated.map {
            AssociatedEnd(type: $0.type, attribute: $0.attribute, value: change.id.text, at: generated)
        }
    }
}

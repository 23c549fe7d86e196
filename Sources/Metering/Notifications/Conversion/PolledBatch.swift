import JSON
import Telemetry

/// The samples of a `telemetry.polling` notification, as Ceilometer's polling agents send them.
enum PolledBatch {
    static let eventType = "telemetry.polling"

    /// Takes the batch apart; a sample that lacks a member, is of no known kind or whose signature is wrong is left out.
    static func output(
        for notification: Notification, signature: MessageSignature?, defaultSource: String
    ) -> BuiltInSource.Output {
        var output = BuiltInSource.Output()
        guard let samples = notification.payload["samples"], samples.kind == .array else {
            output.rejections.append(Rejection(subject: eventType, fault: .batchMalformed))
            return output
        }
        for sample in samples.elements {
            do throws(ConversionFault) {
                if let signature, !signature.isValid(for: sample) { throw .signatureInvalid }
                output.drafts.append(try SampleDraft(polled: sample, defaultSource: defaultSource))
            } catch {
                output.rejections.append(
                    Rejection(subject: sample["counter_name"]?.string ?? eventType, fault: error))
            }
        }
        return output
    }
}

extension SampleDraft {
    /// Reads one sample in the form of Ceilometer's messages (`counter_name`, `counter_volume` and so on).
    init(polled sample: JSONNode, defaultSource: String) throws(ConversionFault) {
        func required(_ key: String) throws(ConversionFault) -> JSONNode {
            guard let value = sample[key] else { throw .batchMalformed }
            return value
        }
        let metadata = try required("resource_metadata").value
        let source = try required("source").value
        name = try required("counter_name").value
        type = try required("counter_type").value
        guard type.string.flatMap(MeterKind.init) != nil else { throw .kindUnknown }
        unit = try required("counter_unit").value
        volume = try required("counter_volume").value
        userID = try required("user_id").value
        projectID = try required("project_id").value
        resourceID = try required("resource_id").value
        userName = sample["user_name"]?.value ?? .null
        projectName = sample["project_name"]?.value ?? .null
        guard let time = try required("timestamp").string else { throw .timestampInvalid }
        timestamp = time
        self.metadata = metadata.isTruthy ? metadata : .object([])
        self.source = source.string.flatMap { $0.isEmpty ? nil : $0 } ?? defaultSource
        id = try required("message_id").string
    }
}

package import JSON
import Telemetry

/// A sample as the definitions give it, with Ceilometer's attributes and Python's freedom of kinds; not yet checked.
///
/// `Sample` is what comes of it. The draft is what Ceilometer's file publisher would write.
package struct SampleDraft: Hashable, Sendable {
    package let name: JSONValue
    package let type: JSONValue
    package let unit: JSONValue
    package let volume: JSONValue
    package let userID: JSONValue
    package let projectID: JSONValue
    package let resourceID: JSONValue
    package let userName: JSONValue
    package let projectName: JSONValue
    /// ISO 8601; with an offset where the notification had none.
    package let timestamp: String
    package let metadata: JSONValue
    package let source: String
    /// The id that the polling agent gave the sample; nil for one that comes from another notification.
    package let id: String?
}

extension Sample {
    /// Checks a draft; what Ceilometer's publishers would stumble over is refused with its reason.
    init(_ draft: SampleDraft) throws(ConversionFault) {
        guard let name = Self.text(draft.name), !name.isEmpty else { throw .nameMissing }
        guard let kind = draft.type.string.flatMap(MeterKind.init) else { throw .kindUnknown }
        guard let resource = Self.text(draft.resourceID), !resource.isEmpty else { throw .resourceMissing }
        guard let time = ISO8601Time(draft.timestamp) else { throw .timestampInvalid }
        self.init(
            meter: MeterName(name), kind: kind, unit: Self.text(draft.unit) ?? "", volume: try draft.checkedVolume(),
            resourceID: ResourceID(resource),
            projectID: Self.text(draft.projectID).flatMap { $0.isEmpty ? nil : ProjectID($0) },
            userID: Self.text(draft.userID).flatMap { $0.isEmpty ? nil : UserID($0) },
            timestamp: time.instant, metadata: draft.metadata)
    }

    /// The text of an attribute, of other kinds as Python prints them; nil for null.
    private static func text(_ value: JSONValue) -> String? {
        value == .null ? nil : PythonText.text(of: .value(value))
    }
}

extension SampleDraft {
    /// The volume as a finite number: a number, a boolean or a text that reads as one.
    func checkedVolume() throws(ConversionFault) -> Double {
        if volume == .null { throw .volumeMissing }
        guard case .value(let number) = PythonNumber.float(.value(volume)), number.isFinite else {
            throw .volumeNotNumber
        }
        return number
    }
}

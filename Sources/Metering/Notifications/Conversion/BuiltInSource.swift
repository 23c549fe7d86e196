/// A source of samples that Ceilometer has in code rather than in its definitions.
enum BuiltInSource: Hashable, Sendable {
    case polling
    case sensors(SensorGroup)
    case httpRequest, httpResponse

    /// Ceilometer's order: what they give comes before what the definitions give.
    static let all: [BuiltInSource] =
        [.polling] + SensorGroup.allCases.map(Self.sensors) + [.httpRequest, .httpResponse]

    /// What a source made of a notification.
    struct Output {
        var drafts: [SampleDraft] = []
        var rejections: [Rejection] = []
    }

    private static let patterns = Dictionary(uniqueKeysWithValues: all.map { ($0, pattern($0.eventTypes)) })

    /// The source's `event_types`: regular expressions that must fit at the start of the type, dots and all.
    private var eventTypes: String {
        switch self {
        case .polling: PolledBatch.eventType
        case .sensors: "hardware.ipmi.*"
        case .httpRequest: "http.request"
        case .httpResponse: "http.response"
        }
    }

    private static func pattern(_ text: String) -> Pattern {
        do throws(PatternSyntaxError) {
            return try Pattern(text)
        } catch {
            preconditionFailure("the event types \(text): \(error)")
        }
    }

    /// Whether the source is meant for notifications of this type.
    func matches(_ eventType: String) throws(PatternOverrun) -> Bool {
        try Self.patterns[self]?.match(eventType) != nil
    }

    func output(for notification: Notification, signature: MessageSignature?, sampleSource: String) -> Output {
        switch self {
        case .polling: PolledBatch.output(for: notification, signature: signature, defaultSource: sampleSource)
        case .sensors(let group): group.output(for: notification, sampleSource: sampleSource)
        case .httpRequest, .httpResponse: HTTPCall.output(for: notification, sampleSource: sampleSource)
        }
    }
}

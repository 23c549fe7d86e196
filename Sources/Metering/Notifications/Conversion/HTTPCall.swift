import JSON

/// The sample that each `http.request` and `http.response` of an audit middleware stands for.
enum HTTPCall {
    static func output(for notification: Notification, sampleSource: String) -> BuiltInSource.Output {
        var output = BuiltInSource.Output()
        do throws(ConversionFault) {
            output.drafts.append(try draft(of: notification, sampleSource))
        } catch {
            output.rejections.append(Rejection(subject: notification.eventType, fault: error))
        }
        return output
    }

    private static func draft(
        of notification: Notification, _ sampleSource: String
    ) throws(ConversionFault) -> SampleDraft {
        let words = TextOperators.pieces(of: notification.eventType, separator: ".", limit: -1)
        guard words.count > 1, let request = notification.payload["request"], request.kind == .object else {
            throw .requestMalformed
        }
        guard let time = ISO8601Time(notification.timestampText) else { throw .timestampInvalid }
        func header(_ name: String) -> JSONValue { request[name]?.value ?? .null }
        return SampleDraft(
            name: .string(notification.eventType), type: "delta", unit: .string(words[1]), volume: 1,
            userID: header("HTTP_X_USER_ID"), projectID: header("HTTP_X_PROJECT_ID"),
            resourceID: header("HTTP_X_SERVICE_NAME"), userName: .null, projectName: .null, timestamp: time.isoformat,
            metadata: .object(notification.payloadMetadata), source: sampleSource, id: nil)
    }
}

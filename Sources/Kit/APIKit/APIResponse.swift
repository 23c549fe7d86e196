package import JSON

/// What a handler answers.
package struct APIResponse: Sendable {
    package let status: Int
    package let fields: [Field]
    package let body: [UInt8]

    /// One header field.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(status: Int, contentType: String, fields: [Field] = [], body: [UInt8]) {
        self.status = status
        self.fields = [Field("Content-Type", contentType)] + fields
        self.body = body
    }

    package static func json(_ value: JSONValue, status: Int = 200, fields: [Field] = []) -> APIResponse {
        var body: [UInt8] = []
        value.write(to: &body)
        return APIResponse(status: status, contentType: "application/json", fields: fields, body: body)
    }

    package static func text(
        _ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8"
    ) -> APIResponse {
        APIResponse(status: status, contentType: contentType, body: Array(text.utf8))
    }

    /// A CSV file for download.
    package static func csv(_ text: String, fileName: String) -> APIResponse {
        let disposition = Field("Content-Disposition", "attachment; filename=\"\(fileName)\"")
        return APIResponse(
            status: 200, contentType: "text/csv; charset=utf-8; header=present", fields: [disposition],
            body: Array(text.utf8))
    }
}

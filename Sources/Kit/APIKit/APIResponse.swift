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
        return .json(text: body, status: status, fields: fields)
    }

    /// JSON that is a text already, for answers too large to be a value first.
    package static func json(text: [UInt8], status: Int = 200, fields: [Field] = []) -> APIResponse {
        APIResponse(status: status, contentType: "application/json", fields: fields, body: text)
    }

    package static func text(
        _ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8"
    ) -> APIResponse {
        APIResponse(status: status, contentType: contentType, body: Array(text.utf8))
    }

    /// A CSV file for download.
    package static func csv(bytes: [UInt8], fileName: String) -> APIResponse {
        let disposition = Field("Content-Disposition", "attachment; filename=\"\(fileName)\"")
        return APIResponse(
            status: 200, contentType: "text/csv; charset=utf-8; header=present", fields: [disposition], body: bytes)
    }

    /// The header field of what a client has to know besides the answer itself; may come several times.
    package static let warningField = "X-Nephoscope-Warning"

    /// The answer with a remark for whoever reads it, in ASCII and on one line; nil for none.
    package func warning(of remark: String?) -> APIResponse {
        guard let remark else { return self }
        let line = String(decoding: remark.utf8.map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        return APIResponse(status: status, fields: fields + [Field(Self.warningField, line)], body: body)
    }

    private init(status: Int, fields: [Field], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

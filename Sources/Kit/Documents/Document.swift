internal import Foundation

/// Reads YAML documents that people write: strict, and with every problem named at once.
///
/// The body asks for what it understands and may return nil where it reported a problem. What nobody asked for is an
/// unknown key and a problem as well; with any problem, nothing is returned and all of them are thrown.
///
///     let rules = try Document.read(file: "alarms.yaml") { root in
///         root.mapping()?.required("alarms")?.list()?.compactMap(AlarmRule.init)
///     }
package enum Document {
    /// Reads a text; `source` is its name in problems.
    package static func read<Value>(
        _ text: String, named source: String, limits: DocumentLimits = .standard, _ body: (DocumentValue) -> Value?
    ) throws(DocumentError) -> Value {
        let problems = ProblemList()
        let root = try parse(text, named: source, limits: limits, into: problems)
        let value = body(root)
        if value == nil, problems.all().isEmpty { root.report("is not usable") }
        try problems.check()
        guard let value else { preconditionFailure("a document without value has a problem") }
        return value
    }

    /// Reads a file in UTF-8.
    package static func read<Value>(
        file path: String, limits: DocumentLimits = .standard, _ body: (DocumentValue) -> Value?
    ) throws(DocumentError) -> Value {
        try read(try text(ofFile: path, limits: limits), named: path, limits: limits, body)
    }

    /// Parses a text whose problems are collected with those of other sources; only an unreadable text throws at once.
    package static func parse(
        _ text: String, named source: String, limits: DocumentLimits = .standard, into problems: ProblemList
    ) throws(DocumentError) -> DocumentValue {
        let node = try NodeConversion.parse(text, source: source, limits: limits)
        return DocumentValue(node: node, source: source, path: "", problems: problems)
    }

    /// The text of a file; the size is checked before the file is read.
    package static func text(
        ofFile path: String, limits: DocumentLimits = .standard
    ) throws(DocumentError) -> String {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { handle.closeFile() }
            data = try handle.read(upToCount: limits.maxBytes.bytes + 1) ?? Data()
        } catch {
            throw DocumentError(problems: [
                .init(source: path, position: nil, path: "", message: "not readable: \(reason(error))")
            ])
        }
        guard data.count <= limits.maxBytes.bytes else {
            let message = "larger than the limit of \(limits.maxBytes)"
            throw DocumentError(problems: [.init(source: path, position: nil, path: "", message: message)])
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw DocumentError(problems: [.init(source: path, position: nil, path: "", message: "not UTF-8 text")])
        }
        return text
    }

    /// The system's words for a failure to read, without Foundation's frame around them.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        return (error as NSError).localizedDescription
    }
}

/// One line of a file of names and whole numbers: `MemTotal:  24684092 kB`, `pgpgin 123`.
struct KeyedLine {
    let key: String
    let value: UInt64

    /// Reads a line, with its kibibytes turned into bytes; nil where it has another form.
    init?(_ line: inout ByteScanner) {
        guard let word = line.word(), let text = word.text(), let number = line.unsigned() else { return nil }
        key = text.hasSuffix(":") ? String(text.dropLast()) : text
        guard let unit = line.word() else {
            value = number
            return
        }
        guard unit.text() == "kB", line.word() == nil else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1024)
        guard !overflow else { return nil }
        value = bytes
    }
}

extension HostTree {
    /// Calls a closure with each name and number of a file.
    mutating func keyed(_ path: String, _ body: (KeyedLine) -> Void) throws(HostCounterError) {
        var scanner = try lines(path)
        while var line = scanner.line() {
            guard let entry = KeyedLine(&line) else { throw malformed(path, "a name and a whole number") }
            body(entry)
        }
    }
}

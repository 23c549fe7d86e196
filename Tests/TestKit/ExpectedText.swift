import Foundation

/// Compares what a user reads with the text in `Expected/` beside the test; nil where they are equal, else how they differ.
///
/// With `UPDATE_EXPECTED=1` in the environment the file is rewritten instead, for a change that was meant.
package func difference(
    from name: String, _ actual: String, beside test: StaticString = #filePath
) throws -> String? {
    let folder = URL(fileURLWithPath: "\(test)").deletingLastPathComponent().appendingPathComponent("Expected")
    return try difference(fromFile: folder.appendingPathComponent(name).path, actual)
}

/// Compares a text with a file of the repository; rewritten as `difference(from:_:beside:)` says.
package func difference(fromFile path: String, _ actual: String) throws -> String? {
    if ProcessInfo.processInfo.environment["UPDATE_EXPECTED"] == "1" {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: URL(fileURLWithPath: path))
        return nil
    }
    let expected = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    guard expected != actual else { return nil }
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(old, new).prefix { $0 == $1 }.count
    let before = line < old.count ? String(old[line]) : "(end)"
    let after = line < new.count ? String(new[line]) : "(end)"
    return "\(path):\(line + 1): expected: \(before)\nfound: \(after)\nwhole text:\n\(actual)"
}

import Foundation
import Testing

/// Compares a text with a file of `Expected/`; `UPDATE_EXPECTED=1` rewrites the file instead.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Expected/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_EXPECTED"] == "1" {
        try Data(text.utf8).write(to: path)
        return
    }
    let expected = try String(contentsOf: path, encoding: .utf8)
    #expect(text == expected, "differs from \(name)", sourceLocation: sourceLocation)
}

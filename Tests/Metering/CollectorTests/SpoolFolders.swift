import Foundation
import Testing

/// Lends a folder of its own to a body and removes it afterwards.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = NSTemporaryDirectory() + "/nephoscope-spool-\(UUID().uuidString)"
    defer { removeFolder(path) }
    return try await body(path)
}

/// As above, for what does not wait.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "/nephoscope-spool-\(UUID().uuidString)"
    defer { removeFolder(path) }
    return try body(path)
}

private func removeFolder(_ path: String) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) }
}

/// The segment files of a spool, from the oldest.
func segmentFiles(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".segment") }.sorted()
        .map { folder + "/" + $0 }
}

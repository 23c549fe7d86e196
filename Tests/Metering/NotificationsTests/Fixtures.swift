import Foundation
import Notifications
import Testing

/// The files that tests read.
enum Fixture {
    /// The folder of the definitions that are shipped.
    static let pipelines = repository + "/pipelines"

    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: name, withExtension: nil)).path
    }

    static func converter(options: ConversionOptions = ConversionOptions()) throws -> Converter {
        Converter(try Definitions(Definitions.Sources(folder: pipelines)), options: options)
    }

    /// Calls the body with a folder that is removed afterwards.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = NSTemporaryDirectory() + "notifications-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
        }
        return try body(folder)
    }
}

import Foundation

/// Notifications of a recorded OpenStack, two of each event type.
enum RecordedMessages {
    struct Missing: Error {}

    static func all() throws -> [[UInt8]] {
        guard
            let url = Bundle.module.url(forResource: "notifications", withExtension: "jsonl", subdirectory: "Messages")
        else { throw Missing() }
        return try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }
}

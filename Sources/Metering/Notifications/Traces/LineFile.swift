import Foundation
import JSON

/// A file that is written line by line; a line is a JSON object.
final class LineFile {
    /// Lines are handed to the system in pieces of about this size.
    private static let bufferSize = 256 << 10

    private let file: FileHandle
    private var buffer: [UInt8] = []

    /// Creates the file, or empties it.
    init(path: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func write(_ object: JSONValue) throws {
        object.write(to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes what is left and closes the file.
    func finish() throws {
        try flush()
        try file.close()
    }

    private func flush() throws {
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

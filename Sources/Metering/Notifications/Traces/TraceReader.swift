import Compression
import Foundation

/// Reads the lines of a recorded trace, plain or compressed with gzip, without holding the file in memory.
///
/// Owned by one caller; not `Sendable`.
package final class TraceReader {
    private static let pieceSize = 256 << 10
    /// What some editors put before a text in UTF-8.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]

    private let file: FileHandle
    private let gzip: GzipReader?
    private var pending: [UInt8] = []
    private var lineNumber = 0
    /// How much of the file has been read, as it lies on disk.
    package private(set) var byteCount = 0

    /// Opens a file; what it begins with tells whether it is compressed.
    package init(path: String) throws {
        file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let start = try file.read(upToCount: GzipReader.magic.count) ?? Data()
        try file.seek(toOffset: 0)
        gzip = try Array(start) == GzipReader.magic ? GzipReader() : nil
    }

    deinit {
        file.closeFile()
    }

    /// Calls the body with each line that is not blank, without its line feed, and its number from 1.
    ///
    /// Of a compressed file that is damaged or cut, the whole lines before that come first, and then the `GzipError`.
    package func forEachLine(_ body: (Int, UnsafeRawBufferPointer) throws -> Void) throws {
        while try readPiece(body) {}
    }

    /// Reads on by one piece of the file and calls the body with each line that ends in it; false when the file is at its end.
    package func readPiece(_ body: (Int, UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        guard let piece = try file.read(upToCount: Self.pieceSize), !piece.isEmpty else {
            try gzip?.finish()
            if !pending.isEmpty { try hand(over: pending[...], body) }
            pending = []
            return false
        }
        byteCount += piece.count
        try piece.withUnsafeBytes { bytes in
            if let gzip {
                try gzip.expand(bytes) { try take($0, body) }
            } else {
                try take(bytes, body)
            }
        }
        return true
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) throws -> Void) throws {
        var start = pending.count
        pending.append(contentsOf: bytes)
        var lineStart = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try hand(over: pending[lineStart..<end], body)
            lineStart = end + 1
            start = lineStart
        }
        pending.removeFirst(lineStart)
    }

    private func hand(
        over line: ArraySlice<UInt8>, _ body: (Int, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        lineNumber += 1
        var line = line
        if lineNumber == 1, line.starts(with: Self.byteOrderMark) { line = line.dropFirst(Self.byteOrderMark.count) }
        guard line.contains(where: { !Self.blanks.contains($0) }) else { return }
        try line.withUnsafeBytes { try body(lineNumber, $0) }
    }
}

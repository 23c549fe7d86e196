import CZlib

/// Expands gzip data that comes in pieces: several members one after another count as one stream (RFC 1952, 2.2).
///
/// Owned by one caller at a time; not `Sendable`.
package final class GzipReader {
    /// The bytes that every gzip member starts with.
    package static let magic: [UInt8] = [0x1F, 0x8B]
    /// Expanded bytes are handed over in pieces of at most this size, so that a small file can't fill the memory at once.
    private static let pieceSize = 64 << 10
    /// zlib's largest window (15 bits), plus 16 to ask for the gzip format.
    private static let windowBits: Int32 = 15 + 16

    // SAFETY: zlib keeps a pointer back to this struct and refuses the stream if it has moved, hence the fixed allocation;
    // it lives until `deinit`, and the class is not Sendable, so that one thread at a time uses it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInsideMember = false
    private var hasReadMember = false

    package init() throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit2_(
            stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            let error = GzipError(code: Self.code(code), text: "")
            stream.deallocate()
            throw error
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Expands the next piece of the data and hands over what it gives, in pieces. Of damaged data, what came before the damage was
    /// noticed is handed over, and then the error is thrown.
    package func expand(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var input = UnsafeMutableRawBufferPointer(mutating: input)
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        while true {
            // Tapes and some copies fill up the last block with zeros, which stand for nothing.
            if hasReadMember, !isInsideMember {
                input = UnsafeMutableRawBufferPointer(rebasing: input.drop { $0 == 0 })
            }
            guard !input.isEmpty else { return }
            let step = piece.withUnsafeMutableBytes { inflateOnce(input, into: $0) }
            try piece.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<step.produced])) }
            if let error = step.error { throw error }
            input = UnsafeMutableRawBufferPointer(rebasing: input[step.consumed...])
        }
    }

    /// Checks that the data did not end inside a member.
    package func finish() throws(GzipError) {
        guard !isInsideMember else { throw GzipError(code: .truncated, text: "") }
    }

    private func inflateOnce(
        _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int, error: GzipError?) {
        let inputSize = min(input.count, Int(UInt32.max))
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(inputSize)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        isInsideMember = true
        let code = inflate(stream, Z_NO_FLUSH)
        var error: GzipError?
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isInsideMember = false
            hasReadMember = true
            inflateReset(stream)
        default: error = GzipError(code: Self.code(code), text: stream.pointee.msg.map { String(cString: $0) } ?? "")
        }
        let consumed = inputSize - Int(stream.pointee.avail_in)
        return (consumed, output.count - Int(stream.pointee.avail_out), error)
    }

    private static func code(_ code: Int32) -> GzipError.Code {
        switch code {
        case Z_DATA_ERROR, Z_NEED_DICT: .damaged
        case Z_MEM_ERROR: .outOfMemory
        default: .other(code)
        }
    }
}

extension GzipReader {
    /// Expands data that is in memory as a whole; for files of a known, small size.
    package static func expand(_ data: [UInt8]) throws -> [UInt8] {
        let reader = try GzipReader()
        var output: [UInt8] = []
        try data.withUnsafeBytes { input in
            try reader.expand(input) { output.append(contentsOf: $0) }
        }
        try reader.finish()
        return output
    }
}

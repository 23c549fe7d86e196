/// The Castagnoli checksum (RFC 3720, appendix B.4) that guards batches on the wire and records on disk.
///
/// It finds every error of up to 32 consecutive bits, and any single flipped bit in a record of our sizes.
package enum CRC32C {
    /// The polynomial 0x1EDC6F41 with its bits reversed.
    private static let polynomial: UInt32 = 0x82F6_3B78

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? (remainder >> 1) ^ polynomial : remainder >> 1
        }
    }

    /// The checksum of these bytes.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            var remainder = UInt32.max
            for byte in bytes {
                remainder = (remainder >> 8) ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
            }
            return ~remainder
        }
    }
}

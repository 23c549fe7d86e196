/// An amount of bytes.
package struct ByteCount: Hashable, Sendable {
    package let bytes: Int

    package init(_ bytes: Int) {
        self.bytes = bytes
    }

    package static func bytes(_ count: Int) -> ByteCount { ByteCount(count) }
    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

    /// Reads a whole number and a unit: `512B`, `64KiB`, `64MiB`, `2GiB`, `1TiB`, and the decimal `kB`, `MB`, `GB`, `TB`.
    ///
    /// A number without a unit, a fraction and an amount beyond an `Int` give nil.
    package init?(text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int(digits), let factor = Self.factors.first(where: { $0.unit == unit })?.factor else {
            return nil
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.init(bytes)
    }

    /// The shortest exact spelling with a binary unit: `64MiB`.
    package var text: String {
        let exact = Self.factors.last { $0.unit.hasSuffix("iB") && bytes != 0 && bytes % $0.factor == 0 }
        return exact.map { "\(bytes / $0.factor)\($0.unit)" } ?? "\(bytes)B"
    }

    private static let factors: [(unit: String, factor: Int)] = [
        ("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ]
}

extension ByteCount: Comparable, CustomStringConvertible {
    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    package var description: String { text }
}

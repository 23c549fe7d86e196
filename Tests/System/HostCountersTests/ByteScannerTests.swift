import Testing

@testable import HostCounters

/// The reading position that everything else is parsed with.
@Suite struct ByteScannerTests {
    private func scanner(_ text: String) -> ByteScanner {
        let bytes = Array(text.utf8)
        return ByteScanner(bytes, count: bytes.count)
    }

    @Test(
        "whole numbers are exact up to 64 bits and nothing else passes",
        arguments: [
            ("0", 0), (" 42 ", 42), ("18446744073709551615", .max), ("18446744073709551616", nil), ("-1", nil),
            ("12x", nil), ("", nil), ("1.0", nil), ("+1", nil),
        ] as [(String, UInt64?)])
    func unsigned(_ text: String, expected: UInt64?) {
        var scanner = scanner(text)
        #expect(scanner.unsigned() == expected)
    }

    @Test(
        "signed numbers take one minus sign",
        arguments: [("-5", -5), ("9223372036854775807", .max), ("9223372036854775808", nil), ("--5", nil), ("-", nil)]
            as [(String, Int64?)])
    func signed(_ text: String, expected: Int64?) {
        var scanner = scanner(text)
        #expect(scanner.signed() == expected)
    }

    @Test(
        "decimals need digits on both sides of the point",
        arguments: [("0.00", 0), ("12.50", 12.5), ("7", 7), ("7.", nil), (".5", nil), ("1e5", nil), ("nan", nil)]
            as [(String, Double?)])
    func decimal(_ text: String, expected: Double?) {
        var scanner = scanner(text)
        #expect(scanner.decimal() == expected)
    }

    @Test("a prefix ends at the last occurrence, so that a name may hold the byte")
    func prefix() {
        var scanner = scanner("eth0:1: 5")
        #expect(scanner.prefix(beforeLast: UInt8(ascii: ":"))?.text() == "eth0:1")
        #expect(scanner.unsigned() == 5)
    }

    @Test("text with control characters or broken UTF-8 is refused", arguments: [[0x41, 0x00], [0xc3], [0x1b, 0x5b]])
    func text(_ bytes: [UInt8]) {
        #expect(ByteScanner(bytes, count: bytes.count).text() == nil)
    }
}

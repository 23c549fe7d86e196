import Testing

@testable import Usage

@Suite struct UsageQuantityTests {
    @Test(
        "a quantity is written as a decimal, rounded half to even at its ninth digit",
        arguments: [
            (0, 3_600, "0"), (3_600, 3_600, "1"), (1_800, 3_600, "0.5"), (1, 3_600, "0.000277778"),
            (2, 3, "0.666666667"),
            (-1, 4, "-0.25"), (1, 2_000_000_000, "0"), (3, 2_000_000_000, "0.000000002"),
            (1_999_999_999, 2_000_000_000, "1"), (7_201, 3_600, "2.000277778"),
        ])
    func text(_ numerator: Int, _ denominator: Int, _ expected: String) {
        #expect(UsageQuantity(numerator: Int128(numerator), denominator: Int128(denominator)).text == expected)
    }
}

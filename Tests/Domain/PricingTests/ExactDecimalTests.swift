import TestKit
import Testing
import Usage

@testable import Pricing

@Suite struct ExactDecimalTests {
    @Test(
        "a decimal is read and written exactly",
        arguments: [
            ("0", "0"), ("1", "1"), ("0.000000000001", "0.000000000001"), ("-3.250", "-3.25"), ("00012.50", "12.5"),
            ("99999999999999999999999999", "99999999999999999999999999"), ("-0.5", "-0.5"),
        ])
    func text(_ spelled: String, _ expected: String) {
        #expect(ExactDecimal(spelled)?.text == expected)
    }

    @Test(
        "what is not a plain decimal is refused",
        arguments: [
            "", ".", "1.", ".5", "1e3", "1,5", "+1", "--1", " 1", "0.0000000000001", "0x10", "١",
            "999999999999999999999999999",
        ])
    func refused(_ text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test(
        "an amount is rounded half to even, once",
        arguments: [
            // numerator, denominator, price, digits, amount
            (1, 2, "1", 0, "0"), (3, 2, "1", 0, "2"), (5, 2, "1", 0, "2"), (1, 3, "1", 6, "0.333333"),
            (2, 3, "1", 6, "0.666667"), (-1, 2, "1", 0, "0"), (-3, 2, "1", 0, "-2"),
            (3_600, 3_600, "0.0123", 4, "0.0123"),
            (1, 8, "0.1", 3, "0.012"), (3, 8, "0.1", 3, "0.038"), (1, 1, "0.000000000001", 12, "0.000000000001"),
        ])
    func amount(_ numerator: Int, _ denominator: Int, _ price: String, _ digits: Int, _ expected: String) throws {
        let price = try #require(ExactDecimal(price))
        let quantity = UsageQuantity(numerator: Int128(numerator), denominator: Int128(denominator))
        #expect(try price.amount(of: quantity, digits: digits).text == expected)
    }

    @Test("an amount is what schoolbook arithmetic gives, for random prices and quantities", arguments: 1...20)
    func randomAmounts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let price = ExactDecimal(parts: Int128.random(in: -10_000_000_000...10_000_000_000, using: &random))
            let numerator = Int128.random(in: 0...1_000_000_000_000_000, using: &random)
            let denominator = Int128.random(in: 1...1_000_000, using: &random)
            let digits = Int.random(in: 0...12, using: &random)
            let amount = try price.amount(
                of: UsageQuantity(numerator: numerator, denominator: denominator), digits: digits)
            let step = (0..<(12 - digits)).reduce(Int128(1)) { power, _ in power * 10 }
            #expect(amount.parts % step == 0)
            // |amount - exact| <= half a step, compared without division.
            let difference = amount.parts * denominator - price.parts * numerator
            #expect(2 * difference.magnitude <= (step * denominator).magnitude)
        }
    }

    @Test("what cannot be held is an error, never a wrapped value")
    func overflow() throws {
        let huge = ExactDecimal(parts: .max)
        #expect(throws: PricingError.self) { try huge.adding(ExactDecimal(parts: 1)) }
        #expect(throws: PricingError.self) { try huge.amount(of: UsageQuantity(2), digits: 12) }
        #expect(throws: PricingError.self) { try huge.multiplied(by: huge) }
        #expect(throws: PricingError.inexact("0.000000000001 × 0.5")) {
            try ExactDecimal(parts: 1).multiplied(by: #require(ExactDecimal("0.5")))
        }
    }
}

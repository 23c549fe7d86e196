package import Telemetry
package import Usage

/// What usage costs: one currency and rules in order, of which the first that matches a meter counts.
package struct PriceList: Hashable, Sendable {
    package let currency: Currency
    /// The digits after the point to which each line of a bill is rounded, half to even.
    ///
    /// An invoice is the sum of its lines, so this is the only rounding.
    package let amountDigits: Int
    package let rules: [PriceRule]

    package init(currency: Currency, amountDigits: Int, rules: [PriceRule]) {
        precondition((0...ExactDecimal.fractionDigits).contains(amountDigits), "an amount has 0 to 12 digits")
        self.currency = currency
        self.amountDigits = amountDigits
        self.rules = rules
    }

    /// The rule for a meter that is counted in a unit; nil for a meter without a price.
    package func rule(for meter: MeterName, in unit: UsageUnit) -> PriceRule? {
        rules.first { $0.meter.matches(meter) && unit.isExpressible(in: $0.unit) }
    }
}

/// The price of one unit of a meter, or of all meters of a pattern.
package struct PriceRule: Hashable, Sendable {
    package let meter: MeterPattern
    package let unit: UsageUnit
    package let price: ExactDecimal
    /// What the price is multiplied by while the resource is in a state; 1 for states that are not listed.
    package let stateFactors: [ResourceState: ExactDecimal]
    /// Meters of the same resource that this price pays for too: a flat price per flavor includes the vCPUs.
    package let includes: [MeterPattern]

    /// The digits after the point of a price and of a state's factor, so that their product is exact in twelve.
    package static let priceDigits = 9
    package static let factorDigits = 3

    package init(
        meter: MeterPattern, unit: UsageUnit, price: ExactDecimal, stateFactors: [ResourceState: ExactDecimal] = [:],
        includes: [MeterPattern] = []
    ) {
        self.meter = meter
        self.unit = unit
        self.price = price
        self.stateFactors = stateFactors
        self.includes = includes
    }

    /// The price of one unit while the resource is in a state.
    package func unitPrice(in state: ResourceState?) throws(PricingError) -> ExactDecimal {
        guard let state, let factor = stateFactors[state] else { return price }
        return try price.multiplied(by: factor)
    }
}

/// The name of a meter, or the beginning of one followed by `*`.
package struct MeterPattern: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package func matches(_ meter: MeterName) -> Bool {
        text.last == "*" ? meter.text.hasPrefix(text.dropLast()) : meter.text == text
    }

    package var description: String { text }
}

/// A currency by its ISO 4217 code.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
    package let code: String

    /// Nil for anything but three capital letters; which codes are in use is not this type's business.
    package init?(_ code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.code = code
    }

    package var description: String { code }
}

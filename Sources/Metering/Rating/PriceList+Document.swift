package import Documents
package import Pricing
import Telemetry
import Usage

/// The price list in `pipelines/rating.yaml`; its format is in `docs/specs/rating.md`.
extension PriceList {
    /// Reads a price list from a file.
    ///
    /// - Throws: `DocumentError` with every problem of the file; a list with a doubtful price is not used at all.
    package static func read(file path: String) throws(DocumentError) -> PriceList {
        try Document.read(file: path) { PriceList($0) }
    }

    /// Reads a price list from a text; `source` is its name in problems.
    package static func read(_ text: String, source: String) throws(DocumentError) -> PriceList {
        try Document.read(text, named: source) { PriceList($0) }
    }

    private init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let currency = mapping.required("currency")?.parse("an ISO 4217 code such as EUR") { Currency($0) }
        let digits = mapping.int(
            "amount_digits", default: Self.defaultAmountDigits, in: 0...ExactDecimal.fractionDigits)
        let rules = mapping.required("prices")?.list()?.compactMap { PriceRule($0) }
        guard let currency, let rules else { return nil }
        self.init(currency: currency, amountDigits: digits, rules: rules)
    }

    /// Fine enough that a second of a cheap resource still costs something, and coarse enough to be read.
    private static let defaultAmountDigits = 6
}

extension PriceRule {
    fileprivate init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let meter = mapping.required("meter")?.meterPattern()
        let unit = mapping.required("unit")?.choice(UsageUnit.self)
        let price = mapping.required("price")?.decimal(digits: Self.priceDigits)
        let factors = mapping["states"].map(Self.stateFactors) ?? [:]
        let includes = mapping["includes"]?.listOrSingle().compactMap { $0.meterPattern() } ?? []
        guard let meter, let unit, let price, let factors else { return nil }
        if let expected = meter.catalogueUnits, !expected.contains(unit) {
            let words = expected.map(\.rawValue).sorted().joined(separator: " or ")
            mapping["unit"]?.report("\(meter) is counted in \(words)")
            return nil
        }
        self.init(meter: meter, unit: unit, price: price, stateFactors: factors, includes: includes)
    }

    private static func stateFactors(_ value: DocumentValue) -> [ResourceState: ExactDecimal]? {
        guard let mapping = value.mapping() else { return nil }
        var factors: [ResourceState: ExactDecimal] = [:]
        for (state, value) in mapping.all() {
            guard let factor = value.decimal(digits: factorDigits) else { return nil }
            factors[ResourceState(state)] = factor
        }
        return factors
    }
}

extension MeterPattern {
    /// The units of the meters that the pattern can match; nil where it matches none of the catalogue, for there are
    /// meters that are measured and not in it.
    fileprivate var catalogueUnits: Set<UsageUnit>? {
        let stem = text.last == "*" ? String(text.dropLast()) : text
        let entries = UsageMeter.catalogue.filter { entry in
            text.last == "*" ? entry.name.hasPrefix(stem) || entry.covers(stem) : entry.covers(text)
        }
        return entries.isEmpty ? nil : Set(entries.map(\.unit))
    }
}

extension DocumentValue {
    /// A meter's name, or the beginning of one with a single `*` at the end.
    fileprivate func meterPattern() -> MeterPattern? {
        parse("a meter such as vcpu, or a beginning such as instance:*") { text in
            text.isEmpty || text.dropLast().contains("*") ? nil : MeterPattern(text)
        }
    }

    /// A decimal that is not negative, written out; its text is read as it stands, never by way of a binary fraction.
    fileprivate func decimal(digits: Int) -> ExactDecimal? {
        parse("a decimal such as 0.012 with at most \(digits) digits after the point") { text in
            ExactDecimal(text).flatMap { $0 >= .zero && $0.significantFractionDigits <= digits ? $0 : nil }
        }
    }
}

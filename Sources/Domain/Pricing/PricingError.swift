/// Why a sum of money could not be worked out.
///
/// Nothing is billed then: a wrong bill is worse than none.
package enum PricingError: Error, Hashable, Sendable {
    /// The result does not fit an `ExactDecimal`; the operation is spelled out.
    case overflow(String)
    /// The result would need more digits than an `ExactDecimal` has, at a place where nothing may be rounded.
    case inexact(String)
}

extension PricingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .overflow(let operation): "\(operation) exceeds what an amount can hold"
        case .inexact(let operation): "\(operation) has more than \(ExactDecimal.fractionDigits) digits after the point"
        }
    }
}

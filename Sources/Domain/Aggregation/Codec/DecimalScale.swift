/// Numbers that are whole after moving the decimal point, as most measured ones are: counts, 45.5 degrees, 12.25
/// percent.
enum DecimalScale {
    /// Powers of ten that a double holds exactly, as far as measured numbers need them.
    static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    /// Beyond 2⁵³ not every whole number is a double.
    private static let wholeLimit = 9_007_199_254_740_992.0

    /// The whole number that, divided by this power of ten, gives exactly this value again, bit for bit; nil where none
    /// does.
    static func whole(_ value: Double, power: Int) -> Int64? {
        let scaled = (value * powers[power]).rounded()
        guard abs(scaled) <= wholeLimit else { return nil }
        // Through the whole number and back, which refuses −0 as well.
        let whole = Int64(scaled)
        return self.value(whole, power: power).bitPattern == value.bitPattern ? whole : nil
    }

    static func value(_ whole: Int64, power: Int) -> Double { Double(whole) / powers[power] }

    /// The values as whole numbers over the smallest power of ten that serves them all; nil where none does.
    static func wholes(_ values: [Double]) -> (power: Int, wholes: [Int64])? {
        var power = 0
        var wholes: [Int64] = []
        wholes.reserveCapacity(values.count)
        var position = 0
        while position < values.count {
            if let whole = whole(values[position], power: power) {
                wholes.append(whole)
                position += 1
            } else {
                power += 1
                guard power < powers.count else { return nil }
                wholes.removeAll(keepingCapacity: true)
                position = 0
            }
        }
        return (power, wholes)
    }
}

/// Where keys stand in a growing list: looked for one after another while they are few, as in most objects, and in a table beyond, so
/// that an object of a million members takes no million times a million steps.
package struct KeyPlaces {
    /// Below so many keys comparing is cheaper than hashing.
    package static let linearLimit = 16

    private var places: [ExactText: Int] = [:]

    package init() {}

    /// The place of a key among the first `count`; nil for a new one, which the caller appends.
    package mutating func place(of key: String, among count: Int, _ keyAt: (Int) -> String) -> Int? {
        if count <= Self.linearLimit {
            for place in 0..<count where keyAt(place).isExactly(key) { return place }
            return nil
        }
        if places.isEmpty {
            for place in 0..<count { places[ExactText(keyAt(place))] = place }
        }
        let exact = ExactText(key)
        if let place = places[exact] { return place }
        places[exact] = count
        return nil
    }
}

/// Which deliveries are under way: so many at once, and so many of them to one address.
///
/// A receiver that does not answer takes its own places and leaves the others to the others.
struct DeliveryWindow: Hashable {
    private(set) var count = 0
    private var byAddress: [String: Int] = [:]

    /// Attempts under way at once.
    static let limit = 32
    /// Attempts under way at once for one address.
    static let addressLimit = 8

    var free: Int { Self.limit - count }

    /// The addresses with deliveries under way, and how many more each may have.
    var rooms: [String: Int] { byAddress.mapValues { Self.addressLimit - $0 } }

    mutating func enter(_ address: String) {
        count += 1
        byAddress[address, default: 0] += 1
    }

    mutating func leave(_ address: String) {
        guard let underWay = byAddress[address] else { return }
        count -= 1
        byAddress[address] = underWay > 1 ? underWay - 1 : nil
    }
}

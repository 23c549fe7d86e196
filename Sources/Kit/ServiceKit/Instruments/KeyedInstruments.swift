internal import Synchronization

/// Gauges whose label values come from outside: a partition, a host.
///
/// There are never more than `limit` of them, for each is a series in somebody's monitoring; a value for one too many is
/// dropped, and the number of those is exposed as `<name>_dropped_total`.
package final class KeyedGauges: Sendable {
    let labels: [String]
    private let values: KeyedValues<Double>

    init(labels: [String], limit: Int) {
        self.labels = labels
        self.values = KeyedValues(limit: limit)
    }

    /// Sets the gauge with these label values, in the order of the labels' names.
    package func set(_ value: Double, _ key: String...) {
        precondition(key.count == labels.count, "one value per label")
        values.update(key) { $0 = value }
    }

    /// Removes a gauge that has lost its meaning, such as the lag of a partition that went elsewhere.
    package func remove(_ key: String...) {
        values.remove(key)
    }

    func snapshot() -> KeyedValues<Double>.Contents { values.snapshot() }
}

/// Counters whose label values come from outside; limited as `KeyedGauges` are.
package final class KeyedCounters: Sendable {
    let labels: [String]
    private let values: KeyedValues<Int>

    init(labels: [String], limit: Int) {
        self.labels = labels
        self.values = KeyedValues(limit: limit)
    }

    /// Adds to the counter with these label values, in the order of the labels' names.
    package func add(_ amount: Int = 1, _ key: String...) {
        precondition(key.count == labels.count, "one value per label")
        precondition(amount >= 0, "a counter never falls")
        values.update(key) { $0 = ($0 ?? 0) + amount }
    }

    func snapshot() -> KeyedValues<Int>.Contents { values.snapshot() }
}

/// A bounded dictionary behind a lock.
final class KeyedValues<Value: Sendable>: Sendable {
    struct Contents: Sendable {
        var values: [[String]: Value] = [:]
        var dropped = 0
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    init(limit: Int) {
        self.limit = limit
    }

    func update(_ key: [String], _ change: (inout sending Value?) -> Void) {
        contents.withLock { contents in
            guard contents.values[key] != nil || contents.values.count < limit else {
                contents.dropped += 1
                return
            }
            change(&contents.values[key])
        }
    }

    func remove(_ key: [String]) {
        contents.withLock { contents in _ = contents.values.removeValue(forKey: key) }
    }

    func snapshot() -> Contents { contents.withLock { $0 } }
}

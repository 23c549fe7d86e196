/// A closed set of label values: an enum whose raw values are what is exposed.
///
/// A set that is known when the program is compiled keeps the number of series fixed, lets every series be exposed from
/// the start at zero, and makes recording free of locks.
package protocol InstrumentLabel: InstrumentLabels, RawRepresentable<String> {
    /// The label's name.
    static var label: String { get }
}

/// One or several labels with closed sets of values; conform to `InstrumentLabel` where there is but one.
package protocol InstrumentLabels: Hashable, CaseIterable, Sendable {
    /// Names and values, in the order in which they are exposed.
    var pairs: [(name: String, value: String)] { get }
}

extension InstrumentLabel {
    package var pairs: [(name: String, value: String)] { [(Self.label, rawValue)] }
}

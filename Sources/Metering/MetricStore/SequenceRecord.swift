/// Which sequence numbers of one collector's incarnation have come: all up to the last but those that are missing.
///
/// So it does not matter in which order batches come, nor on which partition: each number counts once.
struct SequenceRecord: Hashable {
    /// -1 before the first.
    private(set) var last: Int64 = -1
    /// Numbers below the last that have not come: in order, apart, none empty.
    private(set) var missing: [Range<Int64>] = []

    /// A spool that overflows for days leaves a handful of gaps. Past the limit the lowest are given up: what comes of them after
    /// all is taken for a repetition.
    static let gapLimit = 256

    init() {}

    init(last: Int64, missing: [Range<Int64>]) {
        self.last = last
        self.missing = missing
    }

    /// Takes note of a number, and tells whether it came for the first time.
    mutating func take(_ sequence: Int64) -> AgentSequenceStore.Admission {
        guard sequence <= last else {
            let gap = last + 1..<sequence
            if !gap.isEmpty { missing.append(gap) }
            last = sequence
            if missing.count > Self.gapLimit { missing.removeFirst() }
            return .admitted(missed: UInt64(gap.count))
        }
        guard let place = missing.firstIndex(where: { $0.contains(sequence) }) else { return .repeated }
        let gap = missing[place]
        let rest = [gap.lowerBound..<sequence, sequence + 1..<gap.upperBound].filter { !$0.isEmpty }
        missing.replaceSubrange(place...place, with: rest)
        if missing.count > Self.gapLimit { missing.removeFirst() }
        return .admitted(missed: 0)
    }
}

extension SequenceRecord {
    /// PostgreSQL's text of the missing numbers: `{[3,5),[7,8)}`.
    var missingText: String {
        "{" + missing.map { "[\($0.lowerBound),\($0.upperBound))" }.joined(separator: ",") + "}"
    }

    /// Reads what PostgreSQL gives; nil for any other text.
    init?(last: Int64, missingText text: String) {
        let numbers = text.split { !$0.isNumber && $0 != "-" }.map { Int64($0) }
        let bounds = numbers.compactMap(\.self)
        guard bounds.count == numbers.count, bounds.count.isMultiple(of: 2) else { return nil }
        var missing: [Range<Int64>] = []
        for place in stride(from: 0, to: bounds.count, by: 2) {
            guard bounds[place] < bounds[place + 1] else { return nil }
            missing.append(bounds[place]..<bounds[place + 1])
        }
        self.init(last: last, missing: missing)
    }
}

package import Telemetry

extension Measures {
    /// Merges runs of one metric's measures into one.
    ///
    /// Two measures of one instant: a gauge or a counter has one value at one time, and the later arrival is taken to
    /// correct the earlier; each delta is an occurrence of its own, and both are kept.
    ///
    /// - Parameters:
    ///   - runs: in the order of their arrival, the oldest first.
    ///   - kind: the kind of the metric's meter.
    /// - Returns: one run in order of time.
    package static func merging(_ runs: [Measures], kind: MeterKind) -> Measures {
        var pending = runs.filter { !$0.isEmpty }
        // Neighbours are merged pairwise, which keeps the order of arrival and costs n·log(runs).
        while pending.count > 1 {
            pending = stride(from: 0, to: pending.count, by: 2).map { index in
                index + 1 < pending.count ? pending[index].followed(by: pending[index + 1]) : pending[index]
            }
        }
        guard let merged = pending.first else { return Measures() }
        return kind == .delta ? merged : merged.keepingLastOfEachInstant()
    }

    /// Both runs in order of time; at equal instants this one's measures come first.
    private func followed(by later: Measures) -> Measures {
        if let end = last, let start = later.first, end.timestamp <= start.timestamp {
            return Measures(timestamps: timestamps + later.timestamps, values: values + later.values)
        }
        var merged = Measures()
        merged.reserveCapacity(count + later.count)
        var next = 0
        for index in timestamps.indices {
            while next < later.count, later.timestamps[next] < timestamps[index] {
                merged.append(later.timestamps[next], later.values[next])
                next += 1
            }
            merged.append(timestamps[index], values[index])
        }
        while next < later.count {
            merged.append(later.timestamps[next], later.values[next])
            next += 1
        }
        return merged
    }

    private func keepingLastOfEachInstant() -> Measures {
        let isUnique = zip(timestamps, timestamps.dropFirst()).allSatisfy { $0 < $1 }
        guard !isUnique else { return self }
        var kept = Measures()
        kept.reserveCapacity(count)
        for index in timestamps.indices where index + 1 == count || timestamps[index + 1] != timestamps[index] {
            kept.append(timestamps[index], values[index])
        }
        return kept
    }
}

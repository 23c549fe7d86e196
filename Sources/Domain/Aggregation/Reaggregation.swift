import Telemetry

/// How the aggregates of several metrics become one series: at each window, a statistic of the metrics' values.
package struct Reaggregation: Hashable, Sendable {
    /// What happens to a window for which some metrics have no aggregate.
    package enum Missing: Hashable, Sendable {
        /// The others stand for it; Gnocchi's `fill=null`.
        case ignored
        /// This value stands in for each missing one.
        case filled(Double)
        /// The window is left out where fewer than this share of the metrics (0 to 1) have a value; Gnocchi's
        /// `needed_overlap`.
        case needing(share: Double)
    }

    package let statistic: AggregationMethod.Statistic
    package let missing: Missing

    package init(_ statistic: AggregationMethod.Statistic, missing: Missing = .ignored) {
        self.statistic = statistic
        self.missing = missing
    }

    /// Combines series; those without any aggregate count as metrics too.
    ///
    /// A window for which the statistic needs more
    /// values, as the standard deviation of a single one, is left out.
    package func combine(_ series: [[Aggregate]]) -> [Aggregate] {
        // Stable, so that first and last are those of the metrics' order.
        let all = series.joined().sorted { $0.timestamp < $1.timestamp }
        var combined: [Aggregate] = []
        var start = 0
        while start < all.count {
            let timestamp = all[start].timestamp
            let end = all[start...].firstIndex { $0.timestamp != timestamp } ?? all.count
            if let value = value(of: all[start..<end].map(\.value), metrics: series.count) {
                combined.append(Aggregate(timestamp, value))
            }
            start = end
        }
        return combined
    }

    private func value(of present: [Double], metrics: Int) -> Double? {
        var values = present
        switch missing {
        case .ignored: break
        case .filled(let substitute): values += Array(repeating: substitute, count: max(0, metrics - present.count))
        case .needing(let share): if Double(present.count) < share * Double(metrics) { return nil }
        }
        return WindowSummary(values[...], ordered: statistic.needsOrder).value(of: statistic)
    }
}

extension [Aggregate] {
    /// These aggregates of a method folded again into wider windows: means of means, maxima of maxima; counts are added
    /// up.
    package func resampled(_ method: AggregationMethod, to width: WindowWidth) -> [Aggregate] {
        let statistic = method.statistic == .count ? .sum : method.statistic
        let measures = Measures(timestamps: map(\.timestamp), values: map(\.value))
        let folding = Folding(width: width, methods: [AggregationMethod(statistic)], kind: .gauge)
        return folding.fold(measures).aggregates(AggregationMethod(statistic)) ?? []
    }
}

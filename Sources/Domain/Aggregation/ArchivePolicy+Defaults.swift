extension ArchivePolicy {
    /// Gnocchi's four policies and the four that Ceilometer creates, by their names there.
    package static let defaults: [ArchivePolicy] = [
        low, medium, high, bool, ceilometerLow, ceilometerLowRate, ceilometerHigh, ceilometerHighRate,
    ]

    package static let low = known("low", [(.minutes(5), .days(30))])
    package static let medium = known("medium", [(.minutes(1), .days(7)), (.minutes(60), .days(365))])
    package static let high = known(
        "high", [(.seconds(1), .minutes(60)), (.minutes(1), .days(7)), (.minutes(60), .days(365))])
    package static let bool = known("bool", [(.seconds(1), .days(365))], backWindow: 3_600, methods: [.last])

    package static let ceilometerLow = known("ceilometer-low", [(.minutes(5), .days(30))], methods: [.mean])
    package static let ceilometerLowRate = known(
        "ceilometer-low-rate", [(.minutes(5), .days(30))], methods: [.mean, .rate(.mean)])
    package static let ceilometerHigh = known("ceilometer-high", ceilometerHighDefinitions, methods: [.mean])
    package static let ceilometerHighRate = known(
        "ceilometer-high-rate", ceilometerHighDefinitions, methods: [.mean, .rate(.mean)])

    private static let ceilometerHighDefinitions: [(Duration, Duration)] = [
        (.seconds(1), .minutes(60)), (.minutes(1), .days(1)), (.minutes(60), .days(365)),
    ]

    private static func known(
        _ name: String, _ definitions: [(granularity: Duration, timespan: Duration)], backWindow: Int = 0,
        methods: [AggregationMethod] = defaultMethods
    ) -> ArchivePolicy {
        do {
            return try ArchivePolicy(
                name: name, backWindow: backWindow,
                definitions: definitions.map { definition throws(ArchivePolicyError) in
                    try ArchiveDefinition(granularity: definition.granularity, timespan: definition.timespan)
                }, methods: methods)
        } catch {
            // Only the constants above come here; a test makes each of them.
            fatalError("default archive policy \(name): \(error)")
        }
    }
}

extension Duration {
    fileprivate static func minutes(_ minutes: Int64) -> Self { .seconds(minutes * 60) }
    fileprivate static func days(_ days: Int64) -> Self { .seconds(days * 86_400) }
}

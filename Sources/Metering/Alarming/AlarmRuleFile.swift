internal import Aggregation
package import Alarms
package import Documents

/// The file of alarm rules.
///
/// It is `pipelines/alarms.yaml`; its form is described in `docs/specs/alarms.md`.
package enum AlarmRuleFile {
    /// A file of more rules is a mistake: each is tried on every new meter.
    package static let ruleLimit = 1000

    /// Reads the file at a path.
    ///
    /// - Throws: `DocumentError` with every problem of the file, actions for hosts that are not allowed among them.
    package static func read(file path: String, allowing hosts: AllowedHosts) throws(DocumentError) -> [AlarmRule] {
        try Document.read(file: path) { rules($0, hosts) }
    }

    /// Reads the text of a file; `source` is its name in problems.
    package static func read(
        _ text: String, named source: String, allowing hosts: AllowedHosts
    ) throws(DocumentError) -> [AlarmRule] {
        try Document.read(text, named: source) { rules($0, hosts) }
    }

    private static func rules(_ root: DocumentValue, _ hosts: AllowedHosts) -> [AlarmRule]? {
        guard let entries = root.mapping()?.required("alarms")?.list() else { return nil }
        guard entries.count <= ruleLimit else {
            root.report("has \(entries.count) alarms, the most is \(ruleLimit)")
            return nil
        }
        var names: Set<AlarmName> = []
        let rules = entries.map { entry -> AlarmRule? in
            guard let rule = rule(entry, hosts) else { return nil }
            guard names.insert(rule.name).inserted else {
                entry.report("the name \(rule.name) is used twice")
                return nil
            }
            return rule
        }
        let known = rules.compactMap(\.self)
        return known.count == rules.count ? known : nil
    }

    private static func rule(_ value: DocumentValue, _ hosts: AllowedHosts) -> AlarmRule? {
        guard let mapping = value.mapping() else { return nil }
        let name = mapping.required("name")?.parse("a name of 1 to 255 characters", name)
        let meter = mapping.required("meter")?.string()
        let comparison = mapping.required("comparison_operator")?.choice(AlarmComparison.self)
        let threshold = mapping.required("threshold")?.double()
        let granularity = mapping.required("granularity")?.duration(in: granularityLimits, bareUnit: .seconds(1))
        let periods = mapping.int("evaluation_periods", default: 1, in: 1...periodLimit)
        let method = mapping["aggregation_method"].map { $0.choice(AlarmMethod.self) } ?? .mean
        let severity = mapping["severity"].map { $0.choice(AlarmSeverity.self) } ?? .low
        let filter = mapping["resource"].map(resourceFilter) ?? AlarmResourceFilter()
        let actions = actions(mapping, hosts)
        let (about, isEnabled) = (mapping.string("description", default: ""), mapping.bool("enabled", default: true))
        let repeats = mapping.bool("repeat_actions", default: false)
        guard let name, let meter, let comparison, let threshold, let granularity, let method, let severity, let filter,
            let actions
        else { return nil }
        return AlarmRule(
            name: name, about: about, isEnabled: isEnabled, meter: GlobPattern(meter), resources: filter,
            method: method,
            granularity: granularity, evaluationPeriods: periods, comparison: comparison, threshold: threshold,
            severity: severity, actions: actions, repeatsActions: repeats)
    }

    private static func name(_ text: String) -> AlarmName? {
        (1...255).contains(text.count) ? AlarmName(text) : nil
    }

    private static func resourceFilter(_ value: DocumentValue) -> AlarmResourceFilter? {
        guard let mapping = value.mapping() else { return nil }
        let patterns = ["id", "type", "project_id"].map { key in
            mapping[key].flatMap { $0.string() }.map(GlobPattern.init)
        }
        return AlarmResourceFilter(id: patterns[0], type: patterns[1], projectID: patterns[2])
    }

    private static func actions(_ mapping: DocumentMapping, _ hosts: AllowedHosts) -> [AlarmStatus: [String]]? {
        var actions: [AlarmStatus: [String]] = [:]
        var isGood = true
        for (key, status) in [
            ("alarm_actions", AlarmStatus.alarm), ("ok_actions", .ok), ("insufficient_data_actions", .insufficientData),
        ] {
            let list = mapping[key].map { $0.list() ?? [] } ?? []
            if list.count > actionLimit { mapping.report("\(key) has more than \(actionLimit) addresses") }
            let urls = list.map { action($0, hosts) }
            isGood = isGood && urls.allSatisfy { $0 != nil } && list.count <= actionLimit
            if !urls.isEmpty { actions[status] = urls.compactMap(\.self) }
        }
        return isGood ? actions : nil
    }

    private static func action(_ value: DocumentValue, _ hosts: AllowedHosts) -> String? {
        guard let url = value.string() else { return nil }
        do throws(WebhookRefusal) {
            try hosts.check(url)
            return url
        } catch {
            value.report("\(error)")
            return nil
        }
    }

    /// A second is the shortest poll; a day is the longest that somebody waits for an alarm.
    private static let granularityLimits = Duration.seconds(1)...Duration.seconds(86_400)
    /// Periods are kept in the alarm's row, which is written with every measure.
    private static let periodLimit = 60
    private static let actionLimit = 10
}

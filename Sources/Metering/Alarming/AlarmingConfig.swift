internal import Documents
package import ServiceKit

/// The section `alarming` of the configuration.
package struct AlarmingConfig: ConfigSection {
    package static let section = "alarming"
    package static let about = "Threshold alarms, judged while samples are ingested, and the webhooks that they call."

    package static let rules = "pipelines/alarms.yaml"
    /// A second: an action is under way soon after its sample, and an idle store is asked once.
    package static let interval = Duration.seconds(1)
    package static let requestTimeout = Duration.seconds(10)
    package static let firstRetry = Duration.seconds(1)
    package static let longestRetry = Duration.seconds(300)
    package static let abandonAfter = Duration.seconds(86_400)
    /// Ingestion's own delay, a broker's failover included.
    package static let silenceLag = Duration.seconds(30)
    package static let silenceInterval = Duration.seconds(10)
    package static let retention = Duration.seconds(90 * 86_400)

    package let rules: String
    package let silenceLag: Duration
    package let silenceInterval: Duration
    package let retention: Duration
    package let delivery: DeliverySettings

    package init(reading section: SectionReader) {
        rules = section.string("rules", default: Self.rules, "File of alarm rules (docs/specs/alarms.md).")
        let hosts = section.custom(
            "allowed_hosts", default: AllowedHosts([]),
            "Hosts that webhooks may go to: hooks.example.org, *.example.org, 10.0.0.5:8080, [2001:db8::5]:*.",
            spelling: { hosts in "[" + hosts.entries.map { YAMLText.scalar($0.text) }.joined(separator: ", ") + "]" },
            read: AllowedHosts.init)
        let interval = section.duration(
            "delivery_interval", default: Self.interval, in: .milliseconds(100)...(.seconds(60)),
            "How often actions that are due are looked for.")
        let requestTimeout = section.duration(
            "request_timeout", default: Self.requestTimeout, in: .seconds(1)...(.seconds(120)),
            "Time for one call of a webhook.")
        let firstRetry = section.duration(
            "first_retry", default: Self.firstRetry, in: .milliseconds(100)...(.seconds(600)),
            "Wait after the first failed call; it doubles.")
        let longestRetry = section.duration(
            "longest_retry", default: Self.longestRetry, in: .seconds(1)...(.seconds(3600)),
            "Longest wait between calls.")
        let abandonAfter = section.duration(
            "abandon_after", default: Self.abandonAfter, in: .seconds(60)...(.seconds(30 * 86_400)),
            "An action that could not be delivered for this long is given up.")
        silenceLag = section.duration(
            "silence_lag", default: Self.silenceLag, in: .zero...(.seconds(3600)),
            "How much later than due a measure may come before an alarm has insufficient data.")
        silenceInterval = section.duration(
            "silence_interval", default: Self.silenceInterval, in: .seconds(1)...(.seconds(600)),
            "How often silent alarms are looked for.")
        retention = section.duration(
            "retention", default: Self.retention, in: .seconds(3600)...(.seconds(3650 * 86_400)),
            "How long history and finished actions are kept.")
        delivery = DeliverySettings(
            hosts: hosts, interval: interval, requestTimeout: requestTimeout,
            retryDelays: RetryDelays(first: firstRetry, longest: longestRetry), abandonAfter: abandonAfter)
    }
}

extension AllowedHosts {
    /// Reads a list; in the environment and on the command line its elements are separated by commas.
    fileprivate init?(_ value: DocumentValue) {
        guard let texts = value.position == nil ? value.text?.split(separator: ",").map(String.init) : value.strings()
        else {
            value.report("must be a list of hosts")
            return nil
        }
        let entries = texts.map { text in
            let entry = AllowedHost(text.filter { $0 != " " })
            if entry == nil { value.report("\(text) is no host with or without a port") }
            return entry
        }
        guard entries.allSatisfy({ $0 != nil }) else { return nil }
        self.init(entries.compactMap(\.self))
    }
}

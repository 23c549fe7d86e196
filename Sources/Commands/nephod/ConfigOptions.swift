import ArgumentParser
import Documents
import ServiceKit

/// Where the configuration of a command comes from.
struct ConfigOptions: ParsableArguments {
    @Option(name: [.customShort("c"), .long], help: "The configuration file; without one the defaults hold.")
    var config: String?

    @Option(name: .customLong("set"), help: "A key to override, as section.key=value; may be repeated.")
    var overrides: [String] = []

    /// The configuration, or every problem of all its sources.
    func load() throws(DocumentError) -> (file: DaemonConfig, keys: [ConfigKey]) {
        try ConfigReader.load(from: try ConfigSources.process(file: config, overrides: overrides))
    }
}

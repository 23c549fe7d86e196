import ArgumentParser
import ServiceKit

/// Where a command finds its configuration.
struct ConfigOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file. (default: $NEPHO_CONFIG, else \(Self.standardPath) where it exists)",
            valueName: "path"),
        completion: .file())
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a key of the file and the environment; may be repeated.", valueName: "section.key=value"))
    var overrides: [String] = []

    static let standardPath = "/etc/nephoscope/nephod.yaml"

    /// The configuration, or every problem of all its sources.
    func load() throws -> (file: NephodConfig, keys: [ConfigKey]) {
        let path = config ?? ProcessEnvironment.variables["NEPHO_CONFIG"] ?? Self.existing(Self.standardPath)
        return try ConfigReader.load(NephodConfig.self, from: try .process(file: path, overrides: overrides))
    }

    private static func existing(_ path: String) -> String? {
        ProcessEnvironment.fileExists(path) ? path : nil
    }
}

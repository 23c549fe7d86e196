import ArgumentParser
import ServiceKit

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Read the configuration and the files that it names, and report every problem.")

    @Flag(help: "Show the value of each key and where it comes from; secrets are not shown.")
    var effective = false
    @OptionGroup var options: ConfigOptions

    func run() throws {
        let (config, keys) = try options.load()
        try PipelineFiles(config).check()
        if effective {
            for key in keys {
                let value = key.valueText ?? "(unset)"
                StandardStream.output.write("\(key.section).\(key.key): \(value)  # \(key.origin.rawValue)\n")
            }
        } else {
            StandardStream.output.write("the configuration is good\n")
        }
    }
}

import ArgumentParser
import ServiceKit

struct PrintConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print-config", abstract: "Write the default configuration with its comments.")

    func run() throws {
        StandardStream.output.write(try ConfigReader.template(of: NephodConfig.self))
    }
}

import ArgumentParser
import ServiceKit

/// `nephod print-config`: the default configuration file with its comments.
struct PrintConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print-config", abstract: "Print the default configuration file with its comments.")

    func run() throws {
        print(try ConfigReader.template(of: DaemonConfig.self), terminator: "")
    }
}

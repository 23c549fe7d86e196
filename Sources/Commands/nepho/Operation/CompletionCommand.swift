import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Write the completion script of a shell.",
        discussion: "For bash: nepho completion bash > /etc/bash_completion.d/nepho")

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let script =
            switch shell {
            case .bash: Nepho.completionScript(for: .bash)
            case .zsh: Nepho.completionScript(for: .zsh)
            case .fish: Nepho.completionScript(for: .fish)
            }
        StandardStream.output.write(script + "\n")
    }
}

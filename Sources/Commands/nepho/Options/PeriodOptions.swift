import ArgumentParser

/// The period that a command is about.
struct PeriodOptions: ParsableArguments {
    // A time may begin with a dash, so the word after the option is its value whatever it looks like.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The period's first moment: 2026-11-01, 2026-11-01T00:00:00Z, or -7d for a week ago.", valueName: "time"))
    var start: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The moment after the period's last one, in the same forms.", valueName: "time"))
    var end: String?

    /// The query's items; the server knows what a period left open means for the question.
    var query: [(String, String?)] { [("start", start), ("end", end)] }
}

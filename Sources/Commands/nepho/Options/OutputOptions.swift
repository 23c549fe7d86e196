import ArgumentParser
import JSON
import ServiceKit

/// How a command prints; the same for all of them.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        help: "Print as \(OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = OutputFormat.table

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("Print this column only; may be repeated, and orders the columns.", valueName: "name"))
    var column: [String] = []

    @Option(
        help: ArgumentHelp(
            "The widest that a table may be, 0 for any; the terminal's width if there is one, else any.",
            valueName: "characters"))
    var maxWidth: Int?

    @Flag(help: "Don't use bold or colours; NO_COLOR in the environment does the same.")
    var noColor = false

    func validate() throws {
        if let maxWidth, maxWidth < 0 { throw ValidationError("--max-width is 0 or more.") }
    }

    func print<Item: Listed>(_ items: [JSONValue], as type: Item.Type) throws {
        let listing = try Listing(items, of: Item.self).selecting(column)
        write(listing)
    }

    /// Prints one thing: its fields as a table, or the thing itself where the format can show it.
    func print(record: JSONValue) throws {
        guard format == .json || format == .yaml else { return write(try selected(record)) }
        var record = record
        if !column.isEmpty {
            _ = try Listing(columns: record.members?.map(\.key) ?? [], rows: []).selecting(column)
            record = .object(column.map { JSONValue.Member($0, record[$0] ?? .null) })
        }
        StandardStream.output.write(format == .json ? IndentedJSON.text(record) : YAMLOutput.text(record))
    }

    /// Whether text may be set in bold or colour.
    var isStyled: Bool { isStyled(on: .output) }

    func isStyled(on stream: StandardStream) -> Bool {
        let environment = ProcessEnvironment.variables
        let isRefused = noColor || environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        return !isRefused && stream.terminalWidth != nil
    }

    private func selected(_ record: JSONValue) throws -> Listing {
        let all = Listing(fieldsOf: record)
        guard !column.isEmpty else { return all }
        let names = record.members?.map(\.key) ?? []
        _ = try Listing(columns: names, rows: []).selecting(column)
        return Listing(columns: all.columns, rows: column.map { [.string($0), record[$0] ?? .null] })
    }

    private func write(_ listing: Listing) {
        let width = maxWidth.map { $0 == 0 ? nil : $0 } ?? StandardStream.output.terminalWidth
        StandardStream.output.write(listing.text(format, maxWidth: width, isStyled: isStyled))
    }
}

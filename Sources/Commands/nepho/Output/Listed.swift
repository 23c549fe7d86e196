import JSON

/// A kind of thing that a command lists. Its columns are all that has to be said for it to print in every format.
protocol Listed {
    /// In the order in which they print; names are those of the JSON that the command prints.
    static var columns: [Column] { get }
}

/// One column of a list: its name, and where its value stands in the API's answer.
struct Column: Sendable {
    let name: String
    let value: @Sendable (JSONValue) -> JSONValue

    /// A column that is a member of the answer's object, of the same name unless said otherwise.
    init(_ name: String, from member: String? = nil) {
        let member = member ?? name
        self.init(name) { $0[member] ?? .null }
    }

    init(_ name: String, value: @escaping @Sendable (JSONValue) -> JSONValue) {
        self.name = name
        self.value = value
    }
}

/// Rows under columns, ready to print.
struct Listing {
    let columns: [String]
    let rows: [[JSONValue]]

    init(columns: [String], rows: [[JSONValue]]) {
        self.columns = columns
        self.rows = rows
    }

    init<Item: Listed>(_ items: [JSONValue], of type: Item.Type) {
        columns = Item.columns.map(\.name)
        rows = items.map { item in Item.columns.map { $0.value(item) } }
    }

    /// One thing as a list of its fields.
    init(fieldsOf record: JSONValue) {
        columns = ["field", "value"]
        rows = (record.members ?? []).map { [.string($0.key), $0.value] }
    }

    /// Only these columns, in the order asked for.
    func selecting(_ names: [String]) throws(CommandFailure) -> Listing {
        guard !names.isEmpty else { return self }
        var indexes: [Int] = []
        for name in names {
            guard let index = columns.firstIndex(of: name) else {
                throw CommandFailure(
                    .wrongUsage, "there is no column \(name); there are \(columns.joined(separator: ", "))")
            }
            indexes.append(index)
        }
        return Listing(columns: names, rows: rows.map { row in indexes.map { row[$0] } })
    }
}

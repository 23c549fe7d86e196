import ArgumentParser
import Documents
import JSON

/// The formats that every list and every single thing print in.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, csv, value, yaml
}

extension Listing {
    /// The list in a format; a table may be as wide as `maxWidth`.
    func text(_ format: OutputFormat, maxWidth: Int?, isStyled: Bool) -> String {
        switch format {
        case .table: TableText(listing: self, maxWidth: maxWidth, isStyled: isStyled).text
        case .json: IndentedJSON.text(.array(objects))
        case .yaml: YAMLOutput.text(.array(objects))
        case .csv: ([columns] + rows.map { $0.map(\.cellText) }).map(CSVText.row).joined()
        case .value: rows.map { $0.map(\.cellText.printable).joined(separator: " ") + "\n" }.joined()
        }
    }

    private var objects: [JSONValue] {
        rows.map { row in .object(zip(columns, row).map { JSONValue.Member($0, $1) }) }
    }
}

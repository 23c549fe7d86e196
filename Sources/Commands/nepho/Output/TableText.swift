import JSON

/// Draws a list as a table with borders, as OpenStack's own command line does.
struct TableText {
    let listing: Listing
    /// The widest that a line may be; nil for as wide as it takes.
    let maxWidth: Int?
    /// Whether the column names are set in bold.
    let isStyled: Bool

    /// A column is not made narrower than this, however narrow the terminal is.
    private static let minColumnWidth = 8

    var text: String {
        let cells = listing.rows.map { row in row.map { $0.cellText.printable } }
        let widths = fitted(naturalWidths(cells))
        let rule = "+" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+") + "+\n"
        var text = rule + line(listing.columns.map { [$0] }, widths, isHeader: true) + rule
        for (row, values) in zip(cells, listing.rows) {
            let wrapped = zip(row, widths).map { Self.wrapped($0, width: $1) }
            text += line(wrapped, widths, numbers: values.map(\.isNumber))
        }
        return text + (cells.isEmpty ? "" : rule)
    }

    private func naturalWidths(_ cells: [[String]]) -> [Int] {
        listing.columns.indices.map { column in
            cells.reduce(listing.columns[column].count) { max($0, $1[column].count) }
        }
    }

    /// Takes from the widest columns until the table fits, or nothing more can be taken.
    private func fitted(_ natural: [Int]) -> [Int] {
        guard let maxWidth else { return natural }
        var widths = natural
        while widths.reduce(widths.count * 3 + 1, +) > maxWidth {
            guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
                widths[widest] > max(Self.minColumnWidth, listing.columns[widest].count)
            else { break }
            widths[widest] -= 1
        }
        return widths
    }

    /// One row, over as many lines as its highest cell has.
    private func line(_ cells: [[String]], _ widths: [Int], numbers: [Bool] = [], isHeader: Bool = false) -> String {
        let height = cells.map(\.count).max() ?? 1
        var text = ""
        for part in 0..<height {
            let padded = cells.indices.map { column in
                let cell = part < cells[column].count ? cells[column][part] : ""
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                let isRight = column < numbers.count && numbers[column]
                let shown = isHeader && isStyled ? "\u{1b}[1m\(cell)\u{1b}[0m" : cell
                return isRight ? padding + shown : shown + padding
            }
            text += "| " + padded.joined(separator: " | ") + " |\n"
        }
        return text
    }

    /// Breaks a text at spaces where it can, else where it must.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var rest = Substring(text)
        while rest.count > width {
            let head = rest.prefix(width + 1)
            let end = head.dropFirst().lastIndex(of: " ") ?? head.index(before: head.endIndex)
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        return lines + [String(rest)]
    }
}

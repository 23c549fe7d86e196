package import Pricing
import Telemetry
import Usage

/// A bill as comma-separated values (RFC 4180): a header, then one record per line of the bill.
///
/// The same bill gives the same bytes.
package struct BillExport: Sendable {
    private let bill: Bill

    package init(_ bill: Bill) {
        self.bill = bill
    }

    /// The names of the columns, which never change their order; later versions add behind the last one.
    package static let columns = [
        "project_id", "resource_type", "resource_id", "meter", "from", "to", "quantity", "unit", "unit_price", "amount",
        "currency", "interval_ids",
    ]

    /// The first record: the names of the columns.
    package static var header: String { record(columns) }

    /// A record per line, without the header, for bills that are written part by part.
    package var records: String {
        bill.lines.reduce(into: "") { $0 += record(of: $1) }
    }

    /// The whole export.
    package var text: String { Self.header + records }

    private func record(of line: BillLine) -> String {
        Self.record([
            line.projectID?.text ?? "", line.resourceType.text, line.resourceID.text, line.meter.text, line.from.text,
            line.to.text, line.quantity.text, line.unit.rawValue, line.unitPrice.text,
            line.amount.formatted(minimumDigits: bill.amountDigits), bill.currency.code,
            line.intervalIDs.joined(separator: " "),
        ])
    }

    private static func record(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    /// A field with a comma, a quote or a line break stands in quotes, and its own quotes are doubled.
    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }) else {
            return field
        }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

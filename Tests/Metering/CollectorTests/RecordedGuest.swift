import Foundation
import Libvirt

@testable import Collector

/// A guest as libvirt 9.0 showed it: the output of `virsh domstats` and its XML, under `Recorded/`.
struct RecordedGuest {
    let summary: DomainSummary
    let description: DomainDescription
    let parameters: [TypedParameter]

    static let names = ["instance-00000002"]

    init(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Recorded")
        description = try DomainDescription(
            xml: String(contentsOf: folder.appendingPathComponent("\(name).xml"), encoding: .utf8))
        summary = DomainSummary(id: description.id, name: description.name)
        let text = try String(contentsOf: folder.appendingPathComponent("\(name).domstats"), encoding: .utf8)
        parameters = text.split(separator: "\n").compactMap { line in
            let parts = line.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return TypedParameter(
                String(parts[0]), UInt64(parts[1]).map { .unsigned($0) } ?? .string(String(parts[1])))
        }
    }

    var statistics: DomainStatistics { DomainStatistics(domain: summary, parameters: parameters) }

    /// The statistics without the parameters whose names begin so.
    func statistics(without prefixes: String...) -> DomainStatistics {
        DomainStatistics(
            domain: summary,
            parameters: parameters.filter { parameter in !prefixes.contains { parameter.name.hasPrefix($0) } })
    }
}

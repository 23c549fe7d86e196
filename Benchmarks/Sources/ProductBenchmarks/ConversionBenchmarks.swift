import Foundation
import Notifications
import Telemetry

/// Turning recorded notifications into samples and events by the delivered definitions.
enum ConversionBenchmarks {
    static func all() throws -> [Benchmark] {
        let pipelines = URL(filePath: #filePath).appending(path: "../../../../pipelines").standardized.path
        let converter = Converter(try Definitions(Definitions.Sources(folder: pipelines)))
        let messages = try RecordedMessages.all()
        let datas = messages.map { Data($0) }
        let decoder = JSONDecoder()
        return [
            Benchmark(
                name: "Notification conversion", unit: "notification", unitsPerCall: messages.count,
                ways: [
                    .init(name: "Converter: samples and events") {
                        try messages.reduce(0) { try $0 + converted($1, by: converter) }
                    },
                    .init(name: "Foundation JSONDecoder, nothing converted") {
                        try datas.reduce(0) { try $0 + JSONBenchmarks.decoded($1, by: decoder) }
                    },
                ])
        ]
    }

    private static func converted(_ message: [UInt8], by converter: Converter) throws -> Int {
        let conversion = try message.withUnsafeBytes { try converter.convert($0) }
        return conversion.samples.count + (conversion.event?.traits.count ?? 0)
    }
}

import Aggregation
import Foundation
import Telemetry

/// Series and the aggregates that Gnocchi's carbonara computed from them; made by `Oracle/record_carbonara.py`.
struct CarbonaraVectors: Decodable {
    let seed: Int
    let cases: [Case]

    struct Case: Decodable {
        let shape: String
        let kind: String
        let timestamps: [Int64]
        let values: [Double]
        let folds: [Fold]

        var measures: Measures {
            Measures(timestamps: timestamps.map(Instant.init(nanoseconds:)), values: values)
        }
    }

    struct Fold: Decodable {
        /// Nanoseconds; nil for a period of the calendar.
        let width: Int64?
        let calendar: String?
        let aggregates: [String: [Point]]

        var windowWidth: WindowWidth? {
            width.map { .fixed(.nanoseconds($0)) } ?? calendar.flatMap(CalendarPeriod.init).map(WindowWidth.calendar)
        }
    }

    /// One aggregate: nanoseconds and a value.
    struct Point: Decodable {
        let timestamp: Int64
        let value: Double

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            timestamp = try container.decode(Int64.self)
            value = try container.decode(Double.self)
        }
    }

    /// The vectors in the repository.
    static func recorded() throws -> CarbonaraVectors {
        guard let url = Bundle.module.url(forResource: "Oracle/carbonara.json", withExtension: "gz") else {
            throw ResourceMissing(name: "carbonara.json.gz")
        }
        return try JSONDecoder().decode(Self.self, from: output(of: "/usr/bin/env", ["gzip", "-dc", url.path]))
    }

    /// Fresh vectors from a Python that has the gnocchi package.
    static func live(python: String, seed: Int, cases: Int) throws -> CarbonaraVectors {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle/record_carbonara.py")
        return try JSONDecoder().decode(
            Self.self, from: output(of: python, [script.path, String(seed), String(cases)]))
    }

    private static func output(of program: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ProgramFailed(program: program, arguments: arguments, status: process.terminationStatus)
        }
        return output
    }

    struct ProgramFailed: Error {
        let program: String
        let arguments: [String]
        let status: Int32
    }

    struct ResourceMissing: Error {
        let name: String
    }
}

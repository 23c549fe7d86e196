import Documents
import JSON
import Telemetry
import Testing

@testable import Notifications

/// Invented input against what Ceilometer 27.0.0 and its libraries made of it; `Oracle/record.py` recorded their answers.
@Suite("Invented input against Ceilometer's answers")
struct OracleTests {
    @Test("samples and events of damaged and unusual notifications equal Ceilometer's", arguments: ["shipped", "own"])
    func notifications(_ definitions: String) throws {
        let converter = try definitions == "own" ? Self.ownConverter() : Fixture.converter()
        var count = 0
        for record in try Fixture.lines(of: "Oracle/notifications.jsonl.gz")
        where record["definitions"]?.string == definitions {
            count += 1
            let message = try #require(record["message"]?.string)
            let conversion = converter.convert(try Notification(reading: Array(message.utf8)))
            let samples = conversion.drafts.filter(\.hasVolume).map(Self.sample)
            let difference = Fixture.difference(samples, (record["samples"]?.elements ?? []).map(Self.comparable))
            #expect(difference.isEmpty, "\(message): \(difference)")
            let event = try #require(conversion.event.map(CeilometerLine.object)).text
            #expect(event.isExactly(record["event"]?.text ?? ""), "\(message)")
        }
        #expect(count > 400)
    }

    private static func ownConverter() throws -> Converter {
        let shipped = try Definitions.Sources(folder: Fixture.pipelines)
        func source(_ name: String) throws -> Definitions.Source {
            .init(name: name, text: try Document.text(ofFile: Fixture.path("Oracle/" + name)))
        }
        return Converter(
            try Definitions(
                .init(
                    meters: [source("meters.yaml")], events: source("event_definitions.yaml"),
                    pipeline: shipped.pipeline,
                    eventPipeline: shipped.eventPipeline, resources: shipped.resources)))
    }

    private static func sample(_ draft: SampleDraft) -> String {
        let line: JSONValue = .object([
            .init("name", draft.name), .init("type", draft.type), .init("unit", draft.unit),
            .init("volume", draft.volume),
            .init("user_id", draft.userID), .init("user_name", draft.userName), .init("project_id", draft.projectID),
            .init("project_name", draft.projectName), .init("resource_id", draft.resourceID),
            .init("timestamp", .string(draft.timestamp)), .init("resource_metadata", draft.metadata),
            .init("source", .string(draft.source)), .init("monotonic_time", .null),
        ])
        return comparable(line)
    }

    private static func comparable(_ sample: JSONValue) -> String { sample.text }

    @Test("paths are accepted, refused and followed as the library does")
    func paths() throws {
        let records = try Fixture.lines(of: "Oracle/paths.jsonl.gz")
        let document = try #require(records.first?["document"]).text
        let root = PathMatch(.node(try JSONDocument(parsing: document).root))
        var differences: [String] = []
        for record in records.dropFirst() {
            let text = try #require(record["path"]?.string)
            let theirs =
                record["refused"] != nil ? "refused" : record["raised"] != nil ? "raised" : record["found"]?.text ?? ""
            let ours = Self.answer(to: text, root)
            if ours != theirs { differences.append("\(text): \(ours) instead of \(theirs)") }
        }
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(12).joined(separator: "\n"))")
        #expect(records.count > 2_500)
    }

    private static func answer(to text: String, _ root: PathMatch) -> String {
        let expression: PathExpression
        do throws(PathSyntaxError) {
            expression = try PathParser.parse(text)
        } catch {
            return "refused"
        }
        do throws(PathError) {
            return JSONValue.array(try expression.find(root).map { .array([.string($0.path), $0.value.tree]) }).text
        } catch {
            return "raised"
        }
    }

    @Test("a compiled path finds what its expression finds")
    func compiledPaths() throws {
        let records = try Fixture.lines(of: "Oracle/paths.jsonl.gz")
        let document = PathValue.node(try JSONDocument(parsing: try #require(records.first?["document"]).text).root)
        for record in records.dropFirst() {
            guard let text = record["path"]?.string, let found = record["found"]?.elements else { continue }
            let values = try Path(text).all(in: document).map { JSONValue.array([.string($0.path), $0.value.tree]) }
            #expect(values == found, "\(text)")
            let first = found.compactMap { $0.elements?.last }.first { $0 != .null }
            #expect(try Path(text).first(in: document)?.tree == first, "\(text)")
        }
    }

    @Test("patterns match and replace as Python's")
    func patterns() throws {
        let records = try Fixture.lines(of: "Oracle/patterns.jsonl.gz")
        let subjects = try #require(records.first?["subjects"]?.elements).compactMap(\.string)
        let replacement = try Replacement("<\\g<0>>", groupCount: 0)
        var differences: [String] = []
        for record in records.dropFirst() {
            let text = try #require(record["pattern"]?.string)
            let pattern: Pattern
            do throws(PatternSyntaxError) {
                pattern = try Pattern(text)
            } catch {
                // What this dialect does without is refused rather than misread.
                let isUnsupported = error.message.contains("not supported")
                if record["refused"] == nil, !isUnsupported { differences.append("\(text): \(error)") }
                continue
            }
            if record["refused"] != nil {
                differences.append("\(text): accepted")
                continue
            }
            for (place, subject) in subjects.enumerated() {
                let match = try pattern.match(subject)
                let ours: JSONValue =
                    match.map { match in
                        let groups = (0..<match.groupCount).map { match.group($0 + 1).map(JSONValue.string) ?? .null }
                        return .array([.string(match.group(0) ?? ""), .array(groups)])
                    } ?? .null
                let theirs = record["matches"]?.elements?[place]
                if ours != theirs { differences.append("\(text) on \(subject): \(ours.text), \(theirs?.text ?? "")") }
                let replaced = try pattern.replacingAll(in: subject, with: replacement)
                let wanted = record["replaced"]?.elements?[place].string
                if !replaced.isExactly(wanted ?? "") {
                    differences.append("\(text) in \(subject): \(replaced), \(wanted ?? "")")
                }
            }
        }
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(12).joined(separator: "\n"))")
    }

    @Test("globs match as Python's")
    func globs() throws {
        for record in try Fixture.lines(of: "Oracle/globs.jsonl.gz") {
            let text = try #require(record["glob"]?.string)
            let names = try #require(record["names"]?.elements).compactMap(\.string)
            #expect(names.map { .bool(Glob(text).matches($0)) } == record["matches"]?.elements, "\(text)")
        }
    }

    @Test("times are read as Python's iso8601 reads them")
    func times() throws {
        for record in try Fixture.lines(of: "Oracle/times.jsonl.gz") {
            let text = try #require(record["time"]?.string)
            let time = ISO8601Time(text)
            #expect(time?.isoformat == record["iso"]?.string, "\(text.debugDescription)")
            #expect(time?.instant.pythonText == record["normal"]?.string, "\(text.debugDescription)")
        }
    }

    @Test("values become text and numbers as Python's")
    func values() throws {
        let path = try Fixture.path("Oracle/values.jsonl.gz")
        try TraceReader(path: path).forEachLine { number, line in
            let record = try JSONDocument(parsing: line, limits: JSONLimits(grammar: .python)).root
            let value = PathValue.node(try #require(record["value"]))
            #expect(PythonText.text(of: value).isExactly(record["str"]?.string ?? ""), "line \(number)")
            #expect(Self.text(PythonNumber.integer(value)) == record["int"]?.string, "line \(number)")
            #expect(Self.text(PythonNumber.float(value)) == record["float"]?.string, "line \(number)")
        }
    }

    private static func text(_ reading: PythonNumber.Reading<Int64>) -> String? {
        if case .value(let number) = reading { String(number) } else { nil }
    }

    private static func text(_ reading: PythonNumber.Reading<Double>) -> String? {
        if case .value(let number) = reading { PythonText.number(number) } else { nil }
    }

    @Test("signatures of samples are the agents'")
    func signatures() throws {
        let signature = MessageSignature(secret: Array("s3cret".utf8))
        for record in try Fixture.lines(of: "Oracle/signatures.jsonl.gz") {
            let message = try JSONDocument(parsing: try #require(record["message"]?.string)).root
            #expect(signature.signature(of: message) == record["signature"]?.string, "\(record.text)")
            #expect(signature.isValid(for: message))
            #expect(!MessageSignature(secret: [1]).isValid(for: message))
        }
    }
}

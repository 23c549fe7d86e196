import Documents
import Telemetry
import Testing

struct DocumentTests {
    @Test("every problem of a document is reported, in the order of the text, with place and path")
    func allProblems() {
        let text = """
            sources:
              - name: servers
                interval: soon
                metres: [cpu]
              - interval: 0s
                meters: 5
                enabled: yes
            colour: blue
            """
        let error = #expect(throws: DocumentError.self) {
            try Document.read(text, named: "polling.yaml") { $0.mapping()?["sources"]?.list()?.compactMap(Source.init) }
        }
        #expect(
            error?.description == """
                polling.yaml:2:5: sources[0]: the key meters is missing
                polling.yaml:3:15: sources[0].interval: expected a duration with a unit such as 30s, 5m or 1h, found "soon"
                polling.yaml:4:5: sources[0]: the key metres is unknown; did you mean meters?
                polling.yaml:5:5: sources[1]: the key name is missing
                polling.yaml:5:15: sources[1].interval: 0s is outside 1s to 1d
                polling.yaml:7:14: sources[1].enabled: expected true or false, found "yes"
                polling.yaml:8:1: the key colour is unknown
                """)
    }

    @Test("a good document is read into values, absent keys give their defaults")
    func values() throws {
        let sources = try Document.read(
            "sources: [{name: a, meters: [cpu, 5]}, {name: b, meters: '*', interval: 5m}]", named: "t"
        ) {
            $0.mapping()?["sources"]?.list()?.compactMap(Source.init)
        }
        #expect(sources.map(\.name) == ["a", "b"])
        #expect(sources.map(\.interval) == [.seconds(60), .seconds(300)])
        #expect(sources.map(\.meters) == [["cpu", "5"], ["*"]])
    }

    @Test(
        "a plain scalar has the kind that YAML's core schema gives it, a quoted one is text",
        arguments: [
            ("~", DocumentKind.null), ("''", .string), ("true", .bool), ("yes", .string), ("-12", .int),
            ("0x1f", .string),
            ("1.5", .float), ("1e3", .float), ("1.2.3", .string), ("'12'", .string), ("!!str 12", .string),
            ("[]", .list),
            ("{}", .mapping), ("--1", .string), ("", .null),
        ])
    func kinds(text: String, kind: DocumentKind) throws {
        #expect(try Document.read(text, named: "t") { $0.kind } == kind)
    }

    @Test("aliases and merge keys resolve; an own key takes a merged one's place, in the order of Python's reader")
    func merges() throws {
        let text = """
            base: &base {type: text, field: a}
            other: &other {type: int, plugin: split}
            trait:
              <<: [*base, *other]
              field: b
            """
        let trait = try Document.read(text, named: "t") { root in
            let mapping = root.mapping()
            _ = mapping?["base"]?.mapping()?.all()
            _ = mapping?["other"]?.mapping()?.all()
            return mapping?["trait"]?.mapping()?.all().map { "\($0.key)=\($0.value.text ?? "?")" }
        }
        #expect(trait == ["type=text", "plugin=split", "field=b"])
    }

    @Test(
        "what can't be read is refused with the reason",
        arguments: [
            ("a: 1\na: 2", "t:1:1: a mapping has the same key twice: a"),
            ("a: [1", "t:2:1: while parsing a flow sequence, did not find expected ',' or ']'"),
            ("a: *nobody", "t:1:4: found undefined alias"),
            ("--- 1\n--- 2", "t:2:1: expected a single document in the stream, but found another document"),
            ("a: !secret x", "t:1:4: a: the tag !secret has no meaning here"),
            ("[a]: 1", "t:1:1: a key must be text"),
            ("a: {<<: 5}", "t:1:9: a: << takes a mapping or a list of mappings"),
        ])
    func refusals(text: String, problem: String) {
        let error = #expect(throws: DocumentError.self) { try Document.read(text, named: "t") { $0.mapping()?.all() } }
        #expect(error?.description == problem)
    }

    @Test("size, depth and the expansion of aliases have limits")
    func limits() {
        let limits = DocumentLimits(maxBytes: .kibibytes(64), maxDepth: 8, maxNodes: 1_000)
        let deep = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
        let large = "a: " + String(repeating: "x", count: 70_000)
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...6 {
            let alias = "*a\(level - 1)"
            bomb += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        for (text, words) in [
            (deep, "nested deeper than 8 levels"), (large, "limit of 64KiB"), (bomb, "more than 1000 nodes"),
        ] {
            let error = #expect(throws: DocumentError.self) {
                try Document.read(text, named: "t", limits: limits) { $0.kind }
            }
            #expect(error?.description.contains(words) == true, "\(error.debugDescription)")
        }
    }

    @Test("a text of ten thousand open brackets is refused, not a crash")
    func hostileDepth() {
        #expect(throws: DocumentError.self) {
            try Document.read(String(repeating: "[", count: 10_000), named: "t") { $0.kind }
        }
    }

    @Test("a file that is missing or isn't UTF-8 is a problem with its path")
    func files() {
        let error = #expect(throws: DocumentError.self) { try Document.read(file: "/nonexistent/a.yaml") { $0.kind } }
        #expect(error?.description == "/nonexistent/a.yaml: not readable: No such file or directory")
    }

    @Test("a choice names its words")
    func choices() throws {
        #expect(try Document.read("delta", named: "t") { $0.choice(MeterKind.self) } == .delta)
        let error = #expect(throws: DocumentError.self) {
            try Document.read("Delta", named: "t") { $0.choice(MeterKind.self) }
        }
        #expect(error?.description == #"t:1:1: expected one of gauge, delta, cumulative, found "Delta""#)
    }

    @Test("a bare number is a duration only where the caller names its unit")
    func bareDurations() throws {
        #expect(try Document.read("300", named: "t") { $0.duration(bareUnit: .seconds(1)) } == .seconds(300))
        #expect(throws: DocumentError.self) { try Document.read("300", named: "t") { $0.duration() } }
    }
}

private struct Source {
    let name: String
    let interval: Duration
    let meters: [String]

    init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let name = mapping.required("name")?.string()
        let meters = mapping.required("meters")?.strings()
        interval = mapping.duration("interval", default: .seconds(60), in: .seconds(1)...(.seconds(86_400)))
        _ = mapping.bool("enabled", default: true)
        guard let name, let meters else { return nil }
        self.name = name
        self.meters = meters
    }
}

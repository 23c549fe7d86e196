import Documents
import ServiceKit
import TestKit
import Testing

struct ConfigTests {
    @Test("the command line overrides the environment, which overrides the file, which overrides the defaults")
    func precedence() throws {
        let file = "bakery:\n  ovens: 2\n  heat_time: 10m\n  breads: [rye]\n"
        let (config, keys) = try ConfigReader.load(
            TestFile.self,
            from: ConfigSources(
                file: .init(name: "n.yaml", text: file),
                environment: ["NEPHO_BAKERY_HEAT_TIME": "20m", "NEPHO_BAKERY_BREADS": "spelt, oat", "HOME": "/"],
                overrides: ["bakery.heat_time=30m"]))
        #expect(config.bakery.ovens == 2)
        #expect(config.bakery.heatTime == .seconds(1_800))
        #expect(config.bakery.breads == ["spelt", "oat"])
        #expect(config.bakery.name == Bakery.name)
        #expect(keys.map(\.origin) == [.standard, .file, .commandLine, .environment, .standard, .standard])
    }

    @Test("the problems of all sources are reported at once, unknown keys among them")
    func problems() {
        let file = "bakery:\n  ovens: 99\n  hat_time: 5m\ndepot: {}\n"
        let error = #expect(throws: DocumentError.self) {
            try ConfigReader.load(
                TestFile.self,
                from: ConfigSources(
                    file: .init(name: "n.yaml", text: file),
                    environment: ["NEPHO_BAKERY_HEAT_TIME": "5", "NEPHO_BAKERY_OVEN": "1", "NEPHO_TEST_POSTGRES": "x"],
                    overrides: ["bakery.owens=1", "nonsense"]))
        }
        #expect(
            error?.description == """
                command line: expected section.key=value, found nonsense
                command line: bakery.owens: there is no such key
                environment: NEPHO_BAKERY_HEAT_TIME: expected a duration with a unit such as 30s, 5m or 1h, found 5
                environment: NEPHO_BAKERY_OVEN: there is no such key
                n.yaml:2:10: bakery.ovens: 99 is outside 1 to 8
                n.yaml:3:3: bakery: the key hat_time is unknown; did you mean heat_time?
                n.yaml:4:1: the key depot is unknown
                """)
    }

    @Test("the default file has every key with its comment, and reads back as the defaults")
    func template() throws {
        let text = try ConfigReader.template(of: TestFile.self)
        let difference = try difference(from: "template.yaml", text)
        #expect(difference == nil, "\(difference ?? "")")
        let sources = ConfigSources(file: .init(name: "t", text: text), environment: [:], overrides: [])
        let (config, keys) = try ConfigReader.load(TestFile.self, from: sources)
        #expect(config.bakery.breads == Bakery.breads)
        #expect(keys.filter { $0.origin == .file }.allSatisfy { $0.valueText == $0.defaultText || $0.key == "till" })
    }

    @Test("a secret shows neither in the keys nor when it is printed")
    func secrets() throws {
        let sources = ConfigSources(file: nil, environment: ["NEPHO_BAKERY_TILL": "canary"], overrides: [])
        let (config, keys) = try ConfigReader.load(TestFile.self, from: sources)
        #expect(config.bakery.till.reveal() == "canary")
        var dumped = ""
        dump(config, to: &dumped)
        dump(keys, to: &dumped)
        #expect(!(dumped + "\(config)" + String(reflecting: config)).contains("canary"))
    }
}

private struct TestFile: ConfigFile {
    static let about = "A file for tests.\nIts second line."
    let bakery: Bakery

    init(reading file: ConfigReader) {
        bakery = file.section()
    }
}

private struct Bakery: ConfigSection {
    static let section = "bakery"
    static let about = "Where bread comes from."
    static let name = "Corner: the best"
    static let ovens = 1
    static let heatTime = Duration.seconds(300)
    static let breads = ["rye", "wheat"]

    let name: String
    let ovens: Int
    let heatTime: Duration
    let breads: [String]
    let till: Secret
    let sign: String?

    init(reading section: SectionReader) {
        name = section.string("name", default: Self.name, "The name over the door.")
        ovens = section.int("ovens", default: Self.ovens, in: 1...8, "Ovens that are lit.")
        heatTime = section.duration(
            "heat_time", default: Self.heatTime, in: .seconds(60)...(.seconds(3_600)),
            "How long an oven heats before the first bread goes in, which is long enough to need a second line.")
        breads = section.strings("breads", default: Self.breads, "What is baked.")
        till = section.secret("till", default: "postgresql:///till", "Where the money goes.")
        sign = section.optionalString("sign", "A sign for the street.")
    }
}

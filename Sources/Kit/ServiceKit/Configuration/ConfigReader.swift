package import Documents

/// Reads a whole configuration from its sources; every problem of all of them is reported at once.
///
/// Lives within one call of `load` or `template`.
package final class ConfigReader {
    private let root: DocumentMapping?
    private let environment: [String: String]
    private var overrides: [String: DocumentValue] = [:]
    private let problems: ProblemList
    private var sections: [(name: String, about: String)] = []
    private(set) var keys: [ConfigKey] = []
    private var usedVariables: Set<String> = []
    private var usedOverrides: Set<String> = []

    /// The names of environment variables start with this.
    package static let variablePrefix = "NEPHO_"

    private init(_ sources: ConfigSources, problems: ProblemList) throws(DocumentError) {
        self.problems = problems
        self.environment = sources.environment
        var root: DocumentMapping?
        if let file = sources.file {
            let document = try Document.parse(file.text, named: file.name, into: problems)
            root = document.kind == .null ? nil : document.mapping()
        }
        self.root = root
        for override in sources.overrides { add(override: override) }
    }

    /// The configuration that the sources give, or every problem that they have.
    package static func load<File: ConfigFile>(
        _ type: File.Type = File.self, from sources: ConfigSources
    ) throws(DocumentError) -> (file: File, keys: [ConfigKey]) {
        let problems = ProblemList()
        let reader = try ConfigReader(sources, problems: problems)
        let file = File(reading: reader)
        reader.reportUnused()
        try problems.check()
        return (file, reader.keys)
    }

    /// The default file with its comments.
    package static func template<File: ConfigFile>(of type: File.Type) throws(DocumentError) -> String {
        let sources = ConfigSources(file: nil, environment: [:], overrides: [])
        let reader = try ConfigReader(sources, problems: ProblemList())
        _ = File(reading: reader)
        return ConfigTemplate(about: File.about, sections: reader.sections, keys: reader.keys).text
    }

    package func section<Section: ConfigSection>(_ type: Section.Type = Section.self) -> Section {
        precondition(!sections.contains { $0.name == Section.section }, "the section \(Section.section) is read twice")
        sections.append((Section.section, Section.about))
        return Section(reading: SectionReader(Section.section, mapping: root?[Section.section]?.mapping(), in: self))
    }

    /// The value that an environment variable or the command line gives a key; the command line wins.
    func override(section: String, key: String) -> (value: DocumentValue, origin: ConfigKey.Origin)? {
        let path = section + "." + key
        let variable = Self.variablePrefix + "\(section)_\(key)".uppercased()
        usedOverrides.insert(path)
        usedVariables.insert(variable)
        if let value = overrides[path] { return (value, .commandLine) }
        return environment[variable].map { text in
            (DocumentValue(text: text, source: "environment", path: variable, problems: problems), .environment)
        }
    }

    func declare(_ key: ConfigKey) {
        let isNew = !keys.contains { $0.section == key.section && $0.key == key.key }
        precondition(isNew, "the key \(key.section).\(key.key) is read twice")
        keys.append(key)
    }

    private func add(override: String) {
        let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].split(separator: ".", omittingEmptySubsequences: false).count == 2 else {
            problems.report(
                Problem(
                    source: "command line", position: nil, path: "",
                    message: "expected section.key=value, found \(override)"))
            return
        }
        let path = String(parts[0])
        overrides[path] = DocumentValue(text: String(parts[1]), source: "command line", path: path, problems: problems)
    }

    /// A mistyped variable of a known section, or override, must not be passed over in silence.
    private func reportUnused() {
        for (path, value) in overrides where !usedOverrides.contains(path) { value.report("there is no such key") }
        let prefixes = sections.map { Self.variablePrefix + $0.name.uppercased() + "_" }
        for variable in environment.keys.sorted() where !usedVariables.contains(variable) {
            guard prefixes.contains(where: { variable.hasPrefix($0) }) else { continue }
            problems.report(
                Problem(source: "environment", position: nil, path: variable, message: "there is no such key"))
        }
    }
}

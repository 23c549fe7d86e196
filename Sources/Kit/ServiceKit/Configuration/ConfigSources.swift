package import Documents

/// Where configuration comes from, weakest first: the file, the environment, the command line.
package struct ConfigSources: Sendable {
    /// The file's name and text; nil where there is none and the defaults hold.
    package let file: File?
    /// Variables named `NEPHO_<SECTION>_<KEY>`; others are ignored.
    package let environment: [String: String]
    /// `section.key=value` from the command line, in its order.
    package let overrides: [String]

    package struct File: Sendable {
        package let name: String
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    package init(file: File?, environment: [String: String], overrides: [String]) {
        self.file = file
        self.environment = environment
        self.overrides = overrides
    }

    /// The sources of a process: the file at this path, its own environment, and the overrides given to it.
    package static func process(file path: String?, overrides: [String]) throws(DocumentError) -> ConfigSources {
        var file: File?
        if let path { file = File(name: path, text: try Document.text(ofFile: path)) }
        return ConfigSources(file: file, environment: ProcessEnvironment.variables, overrides: overrides)
    }
}

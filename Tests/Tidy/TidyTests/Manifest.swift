import Foundation

/// The targets of the package in the order of their declaration, as `swift package dump-package` tells them.
struct Manifest: Decodable {
    let targets: [Target]

    struct Target: Decodable {
        let name: String
        let type: String
        let path: String?
        let dependencies: [Dependency]
    }

    /// A dependency on a target (`byName`, `target`) or on another package's product.
    struct Dependency: Decodable {
        let target: String?

        private enum Keys: String, CodingKey {
            case byName
            case target
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            let key: Keys = container.contains(.byName) ? .byName : .target
            guard container.contains(key) else {
                target = nil
                return
            }
            var parts = try container.nestedUnkeyedContainer(forKey: key)
            target = try parts.decode(String.self)
        }
    }

    /// The root of the checkout, found from this file's own place in it.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Asks SwiftPM, with a scratch folder of its own, since the running test holds the lock of the usual one.
    static func load() throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "nephoscope-tidy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(Manifest.self, from: text)
    }
}

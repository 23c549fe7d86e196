import Foundation

/// A Swift file of the product and the modules it imports.
struct SourceFile {
    let path: String
    /// The folder below `Sources`: `Domain`, `System`, `Kit`, `Metering`, `Cloud` or `Commands`.
    let layer: String
    let module: String
    let imports: [String]
    let text: String

    /// Every Swift file below `Sources`, sorted by path.
    static func all() throws -> [SourceFile] {
        let sources = Manifest.root.appending(path: "Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            let folders = path.split(separator: "/")
            return SourceFile(
                path: path, layer: String(folders[0]), module: String(folders[1]), imports: imports(in: text), text: text)
        }
    }

    private static func imports(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({ ["package", "internal", "private", "fileprivate", "@_exported"].contains($0) })
            else { return nil }
            return words[position + 1].split(separator: ".").first.map(String.init)
        }
    }
}

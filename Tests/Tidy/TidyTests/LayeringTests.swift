import Foundation
import Testing

@Suite("The architecture")
struct LayeringTests {
    /// The layers from bottom to top.
    static let layers = ["Domain", "System", "Kit", "Metering", "Cloud", "Commands"]

    /// The one module that may import each C library.
    static let walls = [
        "CLibvirt": "Libvirt", "CPostgres": "Postgres", "CRdKafka": "Kafka", "CZlib": "Compression",
    ]

    @Test("a target uses only targets declared above it")
    func declarationOrder() throws {
        var declared: Set<String> = []
        for target in try Manifest.load().targets where target.type != "test" {
            for dependency in target.dependencies.compactMap(\.target) {
                #expect(declared.contains(dependency), "\(target.name) uses \(dependency), which is not declared above it")
            }
            declared.insert(target.name)
        }
        #expect(declared.count > 10)
    }

    @Test("a layer imports only itself and the layers below it, and Metering and Cloud never each other")
    func layering() throws {
        let files = try SourceFile.all()
        let layerOf = Dictionary(files.map { ($0.module, $0.layer) }, uniquingKeysWith: { first, _ in first })
        for file in files {
            let rank = try #require(Self.layers.firstIndex(of: file.layer), "\(file.path) is in no known layer")
            for imported in file.imports {
                guard let layer = layerOf[imported], let below = Self.layers.firstIndex(of: layer) else { continue }
                #expect(below <= rank, "\(file.path) imports \(imported) of a layer above its own")
                #expect(!(file.layer == "Cloud" && layer == "Metering"), "\(file.path) imports \(imported): Cloud and Metering meet in data")
            }
        }
        #expect(files.count > 20)
    }

    @Test("a C library is imported by its own wrapper alone")
    func walls() throws {
        for file in try SourceFile.all() {
            for imported in file.imports {
                guard let wrapper = Self.walls[imported] else { continue }
                #expect(file.module == wrapper, "\(file.path) imports \(imported): use \(wrapper)")
            }
        }
    }

    @Test("Domain imports nothing but Domain")
    func pureDomain() throws {
        let files = try SourceFile.all().filter { $0.layer == "Domain" }
        let modules = Set(files.map(\.module))
        for file in files {
            for imported in file.imports {
                #expect(modules.contains(imported), "\(file.path) imports \(imported): Domain is the standard library only")
            }
        }
    }

    @Test("nothing is public, since the package has no outside client")
    func packageAccess() throws {
        for file in try SourceFile.all() {
            let offending = file.text.split(separator: "\n").first { line in
                line.split(separator: " ").contains { $0 == "public" }
                    && !line.drop(while: { $0 == " " }).hasPrefix("//") && !line.contains("\"")
            }
            #expect(offending == nil, "\(file.path): \(offending ?? "") — use `package`")
        }
    }

    @Test("every layer says what lives in it", arguments: ["Domain", "System", "Kit", "Metering", "Commands"])
    func layerReadme(layer: String) {
        let readme = Manifest.root.appending(path: "Sources/\(layer)/README.md")
        #expect(FileManager.default.fileExists(atPath: readme.path))
    }

    @Test(
        "every wrapper says what it wraps, how it fails, how it runs and what it is not for",
        arguments: ["Threading", "Postgres", "Kafka", "Libvirt", "HostCounters", "Compression"])
    func wrapperReadme(wrapper: String) throws {
        let readme = Manifest.root.appending(path: "Sources/System/\(wrapper)/README.md")
        let text = try String(contentsOf: readme, encoding: .utf8).lowercased()
        for section in ["wrapped", "error model", "concurrency", "non-goals"] {
            #expect(text.contains(section), "\(wrapper)/README.md lacks the section on \(section)")
        }
    }
}

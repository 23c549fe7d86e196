// swift-tools-version: 6.2
// A package of its own, so that the product's builds and tests never wait for it. It compiles the product's sources through
// the link `Product`: their symbols have package access, which a dependency on the main package would not reach.

import Foundation
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .product("JSON", in: "Domain"),
        .product("Telemetry", in: "Domain", uses: ["JSON"]),
        .product("Aggregation", in: "Domain", uses: ["Telemetry"]),
        .product("Usage", in: "Domain", uses: ["Telemetry"]),
        .systemLibrary(
            name: "CZlib", path: "Product/System/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .product("Compression", in: "System", uses: ["CZlib"]),
        .product("Documents", in: "Kit", uses: ["Telemetry", .product(name: "Yams", package: "Yams")]),
        .product(
            "Notifications", in: "Metering",
            uses: [
                "JSON", "Telemetry", "Usage", "Compression", "Documents",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "ProductBenchmarks", dependencies: ["JSON", "Telemetry", "Aggregation", "Notifications"],
            resources: [.copy("Messages")], swiftSettings: .strict),
    ]
)

extension Target {
    static func product(_ name: String, in layer: String, uses: [Dependency] = []) -> Target {
        let folder = "Product/\(layer)/\(name)"
        let readme = Context.packageDirectory + "/" + folder + "/README.md"
        return .target(
            name: name, dependencies: uses, path: folder,
            exclude: FileManager.default.fileExists(atPath: readme) ? ["README.md"] : [], swiftSettings: .strict)
    }
}

extension [SwiftSetting] {
    static let strict: Self = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

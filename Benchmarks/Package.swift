// swift-tools-version: 6.2
// A package of its own, so that the product's builds and tests never wait for it. It compiles the product's sources through
// the link `Product`: their symbols have package access, which a dependency on the main package would not reach.

import PackageDescription

let package = Package(
    name: "benchmarks",
    targets: [
        .product("JSON", in: "Domain"),
        .product("Telemetry", in: "Domain", uses: ["JSON"]),
        .product("Aggregation", in: "Domain", uses: ["Telemetry"], exclude: ["README.md"]),
        .executableTarget(
            name: "ProductBenchmarks", dependencies: ["JSON", "Telemetry", "Aggregation"],
            resources: [.copy("Messages")], swiftSettings: .strict),
    ]
)

extension Target {
    static func product(_ name: String, in layer: String, uses: [Dependency] = [], exclude: [String] = []) -> Target {
        .target(
            name: name, dependencies: uses, path: "Product/\(layer)/\(name)", exclude: exclude, swiftSettings: .strict)
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

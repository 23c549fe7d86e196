// swift-tools-version: 6.2
// Read this file from top to bottom: it is the architecture.
// A target may depend only on targets declared above it; Tests/Tidy holds that rule.

import Foundation
import PackageDescription

let package = Package(
    name: "nephoscope",
    products: [
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: Domain: values and algebra. No I/O, no clock, no Foundation, no imports but Domain's own.
        .module("JSON", in: "Domain"),
        .module("Telemetry", in: "Domain", uses: ["JSON"]),
        .module("Aggregation", in: "Domain", uses: ["Telemetry"]),
        .module("Usage", in: "Domain", uses: ["Telemetry"]),
        .module("Pricing", in: "Domain", uses: ["Telemetry", "Usage"]),

        // MARK: System: one Swift wrapper per foreign thing; nobody else imports C.
        .cLibrary("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        .cLibrary("CRdKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        .cLibrary("CLibvirt", pkgConfig: "libvirt", apt: "libvirt-dev"),
        .cLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        .module("Threading", in: "System"),
        .module("Compression", in: "System", uses: ["CZlib"]),
        .module("Postgres", in: "System", uses: ["CPostgres", "Threading", .crypto, .log]),
        .module("Kafka", in: "System", uses: ["CRdKafka", "Threading", .log]),
        .module("Libvirt", in: "System", uses: ["CLibvirt", "Threading"]),
        .module("HostCounters", in: "System"),
    ]
)

extension Target.Dependency {
    static let argumentParser = Self.product(name: "ArgumentParser", package: "swift-argument-parser")
    static let crypto = Self.product(name: "Crypto", package: "swift-crypto")
    static let httpClient = Self.product(name: "AsyncHTTPClient", package: "async-http-client")
    static let hummingbird = Self.product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = Self.product(name: "HummingbirdTesting", package: "hummingbird")
    static let lifecycle = Self.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let log = Self.product(name: "Logging", package: "swift-log")
    static let yams = Self.product(name: "Yams", package: "Yams")
}

extension Target {
    /// A library target of one layer; a layer's folder says what it may import.
    static func module(_ name: String, in layer: String, uses: [Dependency] = [], resources: [Resource]? = nil) -> Target {
        .target(
            name: name, dependencies: uses, path: "Sources/\(layer)/\(name)", exclude: readme("Sources/\(layer)/\(name)"),
            resources: resources, swiftSettings: .strict)
    }

    /// The module map of one C library.
    static func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
        .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
    }

    /// A program.
    static func command(_ name: String, uses: [Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: uses, path: "Sources/Commands/\(name)", exclude: readme("Sources/Commands/\(name)"),
            swiftSettings: .strict)
    }

    /// The tests of one target, in the folder that mirrors its source's.
    static func tests(of name: String, in layer: String, uses: [Dependency] = [], resources: [Resource]? = nil) -> Target {
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name)] + uses, path: "Tests/\(layer)/\(name)Tests",
            resources: resources, swiftSettings: .strict)
    }
}

/// The README of a target's folder, where it has one: documentation, not a source.
func readme(_ folder: String) -> [String] {
    FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + folder + "/README.md") ? ["README.md"] : []
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

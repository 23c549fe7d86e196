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
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
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
        .module("Alarms", in: "Domain", uses: ["Aggregation", "JSON", "Telemetry"]),

        // MARK: System: one Swift wrapper per foreign thing; nobody else imports C.
        .cLibrary("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        .cLibrary("CRdKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        .cLibrary("CLibvirt", pkgConfig: "libvirt", apt: "libvirt-dev"),
        .cLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        .module("Threading", in: "System"),
        .module("Compression", in: "System", uses: ["CZlib"]),
        .module("Postgres", in: "System", uses: ["CPostgres", "Threading", .log]),
        .module("Kafka", in: "System", uses: ["CRdKafka", "Threading", .log]),
        .module("Libvirt", in: "System", uses: ["CLibvirt", "Threading"]),
        .module("HostCounters", in: "System"),

        // MARK: Kit: what every service needs, once.
        .module("Documents", in: "Kit", uses: ["Telemetry", .yams]),
        .module("ServiceKit", in: "Kit", uses: ["Documents", "Telemetry", .lifecycle, .log, .unixSignals]),
        .module(
            "APIKit", in: "Kit",
            uses: [
                "JSON", "Telemetry", "Documents", "ServiceKit", .httpTypes, .hummingbird, .hummingbirdCore, .lifecycle, .log, .nio,
            ]),

        // MARK: Metering: samples flow down this list.
        .module("Policies", in: "Metering", uses: ["Telemetry", "Aggregation", "Documents"]),
        .module("Notifications", in: "Metering", uses: ["JSON", "Telemetry", "Usage", "Compression", "Documents", .crypto]),
        .module(
            "Collector", in: "Metering",
            uses: [
                "Telemetry", "Libvirt", "HostCounters", "Kafka", "Documents", "ServiceKit", "Threading", .log, .lifecycle,
            ]),
        .module(
            "MetricStore", in: "Metering", uses: ["JSON", "Telemetry", "Aggregation", "Usage", "Alarms", "Postgres"],
            resources: [.embedInCode("Migrations")]),
        .module("Query", in: "Metering", uses: ["JSON", "Telemetry", "Aggregation", "Usage", "Postgres", "MetricStore"]),
        .module(
            "Ingestion", in: "Metering",
            uses: [
                "JSON", "Telemetry", "Aggregation", "Usage", "Threading", "Postgres", "Kafka", "Documents", "ServiceKit",
                "Notifications", "MetricStore", .lifecycle, .log,
            ]),
        .module("Rating", in: "Metering", uses: ["Telemetry", "Usage", "Pricing", "Documents"]),
        .module(
            "Alarming", in: "Metering",
            uses: [
                "Aggregation", "Alarms", "Documents", "Ingestion", "JSON", "Kafka", "MetricStore", "Postgres", "ServiceKit",
                "Telemetry", .httpClient, .lifecycle, .log, .nio, .nioHTTP1,
            ]),
        .module("Weighing", in: "Metering", uses: ["JSON", "Kafka", "ServiceKit", "Telemetry", .lifecycle, .log]),
        .module(
            "Compaction", in: "Metering", uses: ["MetricStore", "Postgres", "ServiceKit", "Telemetry", .lifecycle, .log]),
        .module(
            "MetricsAPI", in: "Metering",
            uses: [
                "JSON", "Telemetry", "Aggregation", "Usage", "Pricing", "Postgres", "Kafka", "Documents", "ServiceKit", "APIKit",
                "MetricStore", "Query", "Rating", .lifecycle, .log,
            ]),

        // MARK: Commands: the two programs. Wiring lives here.
        .command(
            "nepho",
            uses: [
                "JSON", "Documents", "Kafka", "Notifications", "ServiceKit", .argumentParser, .httpClient, .log, .nio, .nioHTTP1,
                .nioPosix,
            ]),
        .command(
            "nephod",
            uses: [
                "Alarming", "Alarms", "APIKit", "Collector", "Compaction", "Documents", "Ingestion", "Kafka", "Libvirt",
                "MetricsAPI", "MetricStore", "Notifications", "Policies", "Postgres", "ServiceKit", "Weighing",
                .argumentParser, .lifecycle, .log, .unixSignals,
            ]),

        // MARK: Tests mirror Sources.
        .target(name: "TestKit", dependencies: ["Kafka", "Postgres", .log], path: "Tests/TestKit", swiftSettings: .strict),
        .tests(of: "JSON", in: "Domain"),
        .tests(of: "Telemetry", in: "Domain", uses: ["JSON"]),
        .tests(of: "Aggregation", in: "Domain", uses: ["Telemetry", "TestKit"], resources: [.copy("Oracle")]),
        .tests(of: "Usage", in: "Domain", uses: ["Telemetry", "TestKit"]),
        .tests(of: "Pricing", in: "Domain", uses: ["Telemetry", "Usage", "TestKit"]),
        .tests(of: "Alarms", in: "Domain", uses: ["Aggregation", "JSON", "Telemetry"]),
        .tests(of: "Threading", in: "System", uses: ["TestKit"]),
        .tests(of: "Compression", in: "System"),
        .tests(of: "Postgres", in: "System", uses: ["TestKit", .log]),
        .tests(of: "Kafka", in: "System", uses: ["CRdKafka", "TestKit", .log]),
        .tests(of: "Libvirt", in: "System", uses: ["TestKit"]),
        .tests(of: "HostCounters", in: "System", resources: [.copy("Trees")]),
        .tests(of: "Documents", in: "Kit", uses: ["Telemetry"]),
        .tests(of: "ServiceKit", in: "Kit", uses: ["Documents", "Telemetry", "TestKit", .log, .lifecycle]),
        .tests(
            of: "APIKit", in: "Kit",
            uses: ["JSON", "ServiceKit", "Telemetry", "TestKit", .httpTypes, .hummingbird, .hummingbirdTesting, .log]),
        .tests(of: "Policies", in: "Metering", uses: ["Telemetry", "Aggregation", "Documents"]),
        .tests(
            of: "Notifications", in: "Metering",
            uses: ["JSON", "Telemetry", "Usage", "Compression", "Documents", "TestKit", .crypto], resources: [.copy("Traces"), .copy("Oracle")]),
        .tests(
            of: "Collector", in: "Metering",
            uses: [
                "TestKit", "Libvirt", "HostCounters", "Kafka", "Telemetry", "Documents", "ServiceKit", .lifecycle, .log,
            ]),
        .tests(
            of: "MetricStore", in: "Metering",
            uses: ["JSON", "Telemetry", "Aggregation", "Usage", "Alarms", "Postgres", "TestKit", .log]),
        .tests(
            of: "Ingestion", in: "Metering",
            uses: [
                "JSON", "Telemetry", "Aggregation", "Usage", "Postgres", "Kafka", "Documents", "ServiceKit", "Notifications",
                "MetricStore", "TestKit", .lifecycle, .lifecycleTestKit, .log,
            ]),
        .tests(
            of: "Query", in: "Metering",
            uses: ["JSON", "Telemetry", "Aggregation", "Usage", "Postgres", "MetricStore", "TestKit", .log]),
        .tests(
            of: "Alarming", in: "Metering",
            uses: [
                "Aggregation", "Alarms", "Documents", "Ingestion", "JSON", "Kafka", "MetricStore", "Notifications", "Postgres",
                "ServiceKit", "Telemetry", "TestKit", .lifecycle, .log, .nio, .nioHTTP1, .nioPosix,
            ]),
        .tests(of: "Rating", in: "Metering", uses: ["Telemetry", "Usage", "Pricing", "Documents", "TestKit"]),
        .tests(
            of: "Weighing", in: "Metering",
            uses: [
                "Collector", "HostCounters", "JSON", "Kafka", "ServiceKit", "Telemetry", "TestKit", .lifecycle, .log,
            ]),
        .tests(
            of: "MetricsAPI", in: "Metering",
            uses: [
                "JSON", "Telemetry", "Aggregation", "Usage", "Kafka", "Postgres", "ServiceKit", "APIKit", "MetricStore", "TestKit",
                .httpTypes, .hummingbird, .hummingbirdTesting, .log, .nio,
            ]),
        .tests(of: "nepho", in: "Commands", uses: ["JSON", "Kafka", "ServiceKit", "APIKit", "TestKit", .log]),
        .tests(
            of: "nephod", in: "Commands",
            uses: [
                "Aggregation", "Compression", "JSON", "Kafka", "MetricStore", "Notifications", "Postgres", "Query", "ServiceKit",
                "Telemetry", "TestKit", "Usage", .log, .nio, .nioPosix,
            ]),
        .testTarget(name: "TidyTests", path: "Tests/Tidy/TidyTests", swiftSettings: .strict),
    ]
)

extension Target.Dependency {
    static let argumentParser = Self.product(name: "ArgumentParser", package: "swift-argument-parser")
    static let crypto = Self.product(name: "Crypto", package: "swift-crypto")
    static let httpClient = Self.product(name: "AsyncHTTPClient", package: "async-http-client")
    static let httpTypes = Self.product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = Self.product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = Self.product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting = Self.product(name: "HummingbirdTesting", package: "hummingbird")
    static let lifecycle = Self.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let lifecycleTestKit = Self.product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
    static let log = Self.product(name: "Logging", package: "swift-log")
    static let nio = Self.product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = Self.product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = Self.product(name: "NIOPosix", package: "swift-nio")
    static let unixSignals = Self.product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = Self.product(name: "Yams", package: "Yams")
}

extension Target {
    /// A library target of one layer; a layer's folder says what it may import.
    static func module(_ name: String, in layer: String, uses: [Dependency] = [], resources: [Resource]? = nil) -> Target {
        .target(
            name: name, dependencies: uses, path: "Sources/\(layer)/\(name)",
            exclude: present("README.md", in: "Sources/\(layer)/\(name)"),
            resources: resources, swiftSettings: .strict)
    }

    /// The module map of one C library.
    static func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
        .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
    }

    /// A program.
    static func command(_ name: String, uses: [Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: uses, path: "Sources/Commands/\(name)",
            exclude: present("README.md", in: "Sources/Commands/\(name)"),
            swiftSettings: .strict)
    }

    /// The tests of one target, in the folder that mirrors its source's.
    static func tests(of name: String, in layer: String, uses: [Dependency] = [], resources: [Resource]? = nil) -> Target {
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name)] + uses, path: "Tests/\(layer)/\(name)Tests",
            exclude: present("Expected", in: "Tests/\(layer)/\(name)Tests")
                + present("Recorded", in: "Tests/\(layer)/\(name)Tests"),
            resources: resources, swiftSettings: .strict)
    }
}

/// The name, if the target's folder has it: a README, or the texts that tests compare with, which are not sources.
func present(_ name: String, in folder: String) -> [String] {
    FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + folder + "/" + name) ? [name] : []
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

package import Kafka
package import Logging

/// Makes topics with names of their own on the test broker, lends them to `body`, and deletes them.
package func withTopics<Result>(
    _ names: [String], partitions: Int = 1, _ body: (TestTopics) async throws -> Result
) async throws -> Result {
    let topics = TestTopics(
        run: String(UInt64.random(in: .min ... .max), radix: 36), bootstrap: try TestEnvironment.kafka)
    let admin = try Admin(topics.client)
    let failures = try await admin.createTopics(names.map { TopicSpecification(topics[$0], partitions: partitions) })
    if let failure = failures.values.first { throw failure }
    let result: Result
    do {
        result = try await body(topics)
    } catch {
        _ = try await admin.deleteTopics(names.map { topics[$0] })
        throw error
    }
    _ = try await admin.deleteTopics(names.map { topics[$0] })
    return result
}

/// The topics of one test on the shared broker.
package struct TestTopics: Sendable {
    private let run: String
    private let bootstrap: String

    init(run: String, bootstrap: String) {
        self.run = run
        self.bootstrap = bootstrap
    }

    /// The full name of a topic.
    package subscript(name: String) -> String { "test-\(run)-\(name)" }

    /// A consumer group that no other test uses.
    package var group: String { "test-\(run)" }

    package var client: ClientSettings { ClientSettings(bootstrap: bootstrap, clientID: group) }
}

extension Logger {
    /// A logger for tests: silent, unless somebody is reading this to find out why one failed.
    package static var quiet: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

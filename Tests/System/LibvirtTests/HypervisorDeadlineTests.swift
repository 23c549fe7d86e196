import Glibc
import Libvirt
import Synchronization
import TestKit
import Testing

@Suite("Calls that hang")
struct HypervisorDeadlineTests {
    @Test("a call past its deadline is given up with its connection, and the next one is answered")
    func deadline() async throws {
        let hypervisor = Hypervisor(uri: "test:///default")
        let gate = Gate()
        await #expect(throws: HypervisorError.deadlineExceeded(.milliseconds(50))) {
            try await hypervisor.call(within: .milliseconds(50)) { _ in gate.wait() }
        }
        #expect(hypervisor.abandonedConnections == 1)
        let domains = try await hypervisor.call(within: .seconds(20)) { connection throws(LibvirtError) in
            try connection.domains()
        }
        #expect(domains.contains(ConnectionTests.standing))
        gate.open()
    }

    @Test("hung calls are limited, and make room once they return")
    func limit() async throws {
        let hypervisor = Hypervisor(uri: "test:///default")
        let gate = Gate()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Hypervisor.hungCallLimit {
                group.addTask {
                    await #expect(throws: HypervisorError.self) {
                        try await hypervisor.call(within: .milliseconds(50)) { _ in gate.wait() }
                    }
                }
            }
        }
        await #expect(throws: HypervisorError.tooManyHungCalls(Hypervisor.hungCallLimit)) {
            try await hypervisor.call(within: .seconds(20)) { _ in }
        }
        await #expect(throws: HypervisorError.tooManyHungCalls(Hypervisor.hungCallLimit), "events count too") {
            _ = try await hypervisor.events(within: .seconds(20))
        }
        gate.open()
        try await eventually("a call is taken again") {
            do {
                try await hypervisor.call(within: .seconds(20)) { _ in }
                return true
            } catch HypervisorError.tooManyHungCalls {
                return false
            }
        }
        #expect(hypervisor.abandonedConnections == Hypervisor.hungCallLimit)
    }

    @Test("a cancelled task does not wait for its call")
    func cancellation() async throws {
        let hypervisor = Hypervisor(uri: "test:///default")
        let gate = Gate()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hypervisor.call(within: .seconds(600)) { _ in gate.wait() } }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(hypervisor.abandonedConnections == 1)
        gate.open()
    }

    @Test("connections are used again, not opened for each call")
    func reuse() async throws {
        let hypervisor = Hypervisor(uri: "test:///default")
        let first = try await hypervisor.call(within: .seconds(20)) { ObjectIdentifier($0) }
        let second = try await hypervisor.call(within: .seconds(20)) { ObjectIdentifier($0) }
        #expect(first == second)
    }
}

/// Blocks threads, as a hypervisor does that never answers.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() {
        isOpen.store(true, ordering: .releasing)
    }

    func wait() {
        while !isOpen.load(ordering: .acquiring) { usleep(1_000) }
    }
}

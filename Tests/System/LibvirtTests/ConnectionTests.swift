import Libvirt
import TestKit
import Testing

/// libvirt's own test driver: a hypervisor in this process, which all connections to `test:///default` share.
@Suite("A connection to a hypervisor")
struct ConnectionTests {
    let hypervisor = Hypervisor(uri: "test:///default")

    private func call<Result: Sendable>(
        _ body: @escaping @Sendable (isolated Connection) throws(LibvirtError) -> Result
    ) async throws -> Result {
        try await hypervisor.call(within: .seconds(20), body)
    }

    @Test("the domains that run are listed with id and name")
    func lists() async throws {
        let domains = try await call { hypervisor throws(LibvirtError) in try hypervisor.domains() }
        #expect(domains.contains(Self.standing))
    }

    @Test("a domain is defined, started, shut down, destroyed and undefined")
    func lifeCycle() async throws {
        try await call { hypervisor throws(LibvirtError) in
            let domain = try hypervisor.define(xml: Self.document("life-cycle"))
            #expect(domain.name == "life-cycle")
            #expect(try hypervisor.domains(active: false).contains(domain))
            #expect(try !hypervisor.domains().contains(domain))
            try hypervisor.start(domain.id)
            #expect(try hypervisor.domains().contains(domain))
            try hypervisor.shutdown(domain.id)
            #expect(try !hypervisor.domains().contains(domain))
            try hypervisor.start(domain.id)
            try hypervisor.destroy(domain.id)
            try hypervisor.undefine(domain.id)
            #expect(try !hypervisor.domains(active: false).contains(domain))
        }
    }

    @Test("what happens to a domain comes as events, in order")
    func events() async throws {
        let connection = try Connection(uri: "test:///default")
        let stream = try await connection.openedEvents()
        try await connection.startAndDestroy(Self.document("events"))
        var kinds: [DomainEvent.Kind] = []
        for await event in stream {
            guard event.domain.name == "events" else { continue }
            kinds.append(event.kind)
            if event.kind == .undefined { break }
        }
        #expect(kinds == [.defined, .started, .stopped, .undefined])
    }

    @Test("a connection that followed events closes in truth, and its stream ends")
    func eventsEnd() async throws {
        let connection = try Connection(uri: "test:///default")
        let stream = try await connection.openedEvents()
        #expect(await connection.close() == 0, "no reference is left to libvirt's connection")
        for await _ in stream {}
    }

    @Test("a driver without bulk statistics is asked domain by domain")
    func singleCalls() async throws {
        let answer = try await call { hypervisor throws(LibvirtError) in
            try hypervisor.statistics(
                of: [Self.standing.id], groups: [.state, .cpu, .balloon, .vcpu, .block, .interface])
        }
        let statistics = try #require(answer.statistics.first)
        #expect(answer.failures.isEmpty)
        #expect(statistics.state == .running)
        #expect(statistics.stateReason != nil)
        #expect(statistics.cpu.time != nil)
        #expect(statistics.vcpuCurrent == 2)
        #expect(statistics.vcpus.count == 2)
        #expect(statistics.vcpus.allSatisfy { $0.time != nil && $0.wait == nil })
        #expect(statistics.memory.current == 2_097_152)
        #expect(statistics.memory.available != nil)
    }

    @Test("only the groups that were asked for are read")
    func groups() async throws {
        let answer = try await call { hypervisor throws(LibvirtError) in
            try hypervisor.statistics(of: [Self.standing.id], groups: .cpu)
        }
        let statistics = try #require(answer.statistics.first)
        #expect(statistics.cpu.time != nil)
        #expect(statistics.state == nil)
        #expect(statistics.vcpus.isEmpty)
        #expect(statistics.memory == DomainStatistics.Memory())
    }

    @Test("a domain that is gone is a failure of its own, and the others are answered")
    func missingDomain() async throws {
        let gone = DomainID("00000000-0000-4000-8000-000000000000")
        let answer = try await call { hypervisor throws(LibvirtError) in
            try hypervisor.statistics(of: [gone, Self.standing.id], groups: .state)
        }
        #expect(answer.statistics.count == 1)
        #expect(answer.failures[gone]?.code == .noDomain)
        #expect(answer.failures[gone]?.isRetriable == false)
    }

    @Test("the machine describes itself")
    func node() async throws {
        let (information, name, capabilities, driver) = try await call { hypervisor throws(LibvirtError) in
            (
                try hypervisor.nodeInformation(), try hypervisor.hostName(), try hypervisor.capabilities(),
                try hypervisor.driver()
            )
        }
        #expect(information.cpus == 16)
        #expect(information.memory == 3_145_728)
        #expect(!name.isEmpty)
        #expect(capabilities.hasPrefix("<capabilities>"))
        #expect(driver == "TEST")
    }

    @Test("a call that the driver lacks says so")
    func unsupported() async throws {
        await #expect { try await call { hypervisor throws(LibvirtError) in try hypervisor.nodeMemory() } } throws: {
            ($0 as? LibvirtError)?.isUnsupported == true
        }
    }

    @Test("an error carries libvirt's code, domain, words and the call")
    func errors() async throws {
        let error = await #expect(throws: LibvirtError.self) {
            try await call { hypervisor throws(LibvirtError) in try hypervisor.define(xml: "<domain>") }
        }
        #expect(error?.operation == "virDomainDefineXML")
        #expect(error?.message.isEmpty == false)
        #expect(error?.isConnectionLost == false)
    }

    @Test("a hypervisor that is not there is an error that may pass")
    func noDaemon() async throws {
        let absent = Hypervisor(uri: "qemu+unix:///system?socket=/nonexistent/libvirt-sock")
        let error = await #expect(throws: LibvirtError.self) {
            try await absent.call(within: .seconds(20)) { hypervisor throws(LibvirtError) in try hypervisor.domains() }
        }
        #expect(error?.isRetriable == true)
        #expect(error?.operation == "virConnectOpen")
    }

    /// The domain that the driver begins with.
    static let standing = DomainSummary(id: DomainID("6695eb01-f6a4-8304-79aa-97f2502e193f"), name: "test")

    static func document(_ name: String) -> String {
        "<domain type='test'><name>\(name)</name><memory>1024</memory><os><type>hvm</type></os></domain>"
    }
}

extension Connection {
    fileprivate func openedEvents() throws -> AsyncStream<DomainEvent> {
        try open()
        return try events()
    }

    fileprivate func startAndDestroy(_ document: String) throws {
        let domain = try define(xml: document)
        try start(domain.id)
        try destroy(domain.id)
        try undefine(domain.id)
    }
}

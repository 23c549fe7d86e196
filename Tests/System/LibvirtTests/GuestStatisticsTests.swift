import Foundation
import Libvirt
import TestKit
import Testing

/// Real guests under QEMU, which ops/test starts.
@Suite("Statistics of real guests")
struct GuestStatisticsTests {
    /// Counters that only rise, by their name in `virsh domstats`.
    static let counters: [(name: String, read: @Sendable (DomainStatistics) -> UInt64?)] = [
        ("cpu.time", { $0.cpu.time }), ("cpu.user", { $0.cpu.user }), ("cpu.system", { $0.cpu.system }),
        ("vcpu.0.time", { $0.vcpus.first?.time }), ("vcpu.0.delay", { $0.vcpus.first?.delay }),
        ("net.0.rx.bytes", { $0.interfaces.first?.received.bytes }),
        ("net.0.tx.bytes", { $0.interfaces.first?.sent.bytes }),
        ("net.0.rx.pkts", { $0.interfaces.first?.received.packets }),
        ("net.0.tx.pkts", { $0.interfaces.first?.sent.packets }),
        ("block.0.rd.bytes", { $0.blocks.first?.readBytes }), ("block.0.wr.bytes", { $0.blocks.first?.writeBytes }),
        ("block.0.rd.reqs", { $0.blocks.first?.readRequests }), ("block.0.wr.reqs", { $0.blocks.first?.writeRequests }),
        ("block.0.rd.times", { $0.blocks.first?.readTime }), ("block.0.fl.reqs", { $0.blocks.first?.flushRequests }),
    ]

    @Test("every counter lies between two readings of virsh")
    func bracketed() async throws {
        let uri = try TestEnvironment.libvirt
        let hypervisor = Hypervisor(uri: uri)
        let domains = try await hypervisor.call(within: .seconds(30)) { connection throws(LibvirtError) in
            // Other tests make domains of their own beside the guests.
            try connection.domains().filter { $0.name.hasPrefix("instance-") }
        }
        #expect(!domains.isEmpty)
        for domain in domains {
            let before = try virsh(uri, domain)
            let answer = try await hypervisor.call(within: .seconds(30)) { connection throws(LibvirtError) in
                try connection.statistics(
                    of: [domain.id], groups: [.state, .cpu, .balloon, .vcpu, .interface, .block], waits: true)
            }
            let after = try virsh(uri, domain)
            let statistics = try #require(answer.statistics.first)
            #expect(statistics.state == .running)
            for counter in Self.counters {
                let low = try #require(before[counter.name], "\(counter.name) of \(domain.name)")
                let high = try #require(after[counter.name])
                let value = try #require(counter.read(statistics), "\(counter.name) of \(domain.name)")
                #expect(low <= value && value <= high, "\(counter.name) of \(domain.name): \(low) \(value) \(high)")
            }
            #expect(statistics.memory.current == before["balloon.current"])
            #expect(statistics.vcpuCurrent == before["vcpu.current"])
            #expect(statistics.blocks.first?.capacity == before["block.0.capacity"])
        }
    }

    @Test("the machine's memory and processor time are read")
    func node() async throws {
        let hypervisor = Hypervisor(uri: try TestEnvironment.libvirt)
        let (memory, time) = try await hypervisor.call(within: .seconds(30)) { connection throws(LibvirtError) in
            (try connection.nodeMemory(), try connection.nodeCPUTime())
        }
        #expect((memory.total ?? 0) > (memory.free ?? .max))
        #expect((time.idle ?? 0) > 0)
    }

    @Test("a container of the driver without bulk statistics is read call by call")
    func container() async throws {
        let uri = try TestEnvironment.libvirt.replacing("qemu+unix:///system", with: "lxc+unix:///")
        let hypervisor = Hypervisor(uri: uri)
        let name = "nephoscope-test-\(UInt32.random(in: 0 ... .max))"
        let document = """
            <domain type='lxc'><name>\(name)</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
            <os><type>exe</type><init>/bin/sleep</init><initarg>600</initarg></os>
            <devices><console type='pty'/><interface type='bridge'><source bridge='nephbr0'/></interface></devices>
            </domain>
            """
        let (id, answer) = try await hypervisor.call(within: .seconds(60)) { connection throws(LibvirtError) in
            let domain = try connection.create(xml: document)
            let answer: Result<Connection.StatisticsAnswer, LibvirtError>
            do throws(LibvirtError) {
                answer = .success(
                    try connection.statistics(
                        of: [domain.id], groups: [.state, .cpu, .balloon, .vcpu, .interface, .block]))
            } catch {
                answer = .failure(error)
            }
            try connection.destroy(domain.id)
            return (domain.id, answer)
        }
        let statistics = try #require(try answer.get().statistics.first)
        #expect(statistics.domain == DomainSummary(id: id, name: name))
        #expect(statistics.state == .running && statistics.stateReason == 1)
        #expect(!statistics.mayBePartial, "it was answered without the call that can leave things out")
        #expect(statistics.cpu.time != nil)
        #expect(statistics.vcpuCurrent == 1)
        #expect(statistics.memory.maximum == 32_768)
        #expect((statistics.memory.rss ?? 0) > 0)
        #expect(statistics.interfaces.map { $0.received.bytes != nil && $0.sent.bytes != nil } == [true])
        #expect(statistics.blocks.isEmpty)
    }

    /// The whole numbers of `virsh domstats`.
    private func virsh(_ uri: String, _ domain: DomainSummary) throws -> [String: UInt64] {
        let result = try run("/usr/bin/virsh", ["-c", uri, "domstats", domain.name])
        #expect(result.status == 0, "\(result.errors)")
        let pairs = result.output.split(separator: "\n").compactMap { line -> (String, UInt64)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = UInt64(parts[1]) else { return nil }
            return (parts[0].trimmingCharacters(in: .whitespaces), value)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

import JSON
import Telemetry
import Testing
import Usage

@testable import Notifications

/// The usage of a real cloud's hour, against what its own APIs said.
@Suite struct UsageTruthTests {
    private let trace: UsageTrace
    /// The lives of everything, by the forms of Nova's notifications that were read.
    private let ledgers: [Form: UsageLedger]
    private let servers: [JSONNode]
    private let volumes: [JSONNode]

    init() throws {
        trace = try UsageTrace.open.get()
        let facts = trace.facts
        ledgers = Dictionary(
            uniqueKeysWithValues: Form.allCases.map { form in (form, UsageLedger(facts.filter(form.includes))) })
        servers = trace.truth["servers"].map { Array($0.elements) } ?? []
        volumes = trace.truth["volumes"].map { Array($0.elements) } ?? []
        try #require(servers.count == 68 && volumes.count == 45)
    }

    @Test("every server is billed from its first launch to its end, to the second", arguments: Form.allCases)
    func serverLives(form: Form) throws {
        let ledger = try #require(ledgers[form])
        for server in servers {
            let intervals = ledger[.instance, server["id"]?.string]
            let launches = (server["history"].map { Array($0.elements) } ?? []).compactMap {
                $0["state"]?.time("launched_at")
            }
            let final = server["final"]?.time("OS-SRV-USG:launched_at")
            #expect(intervals.first?.from == (launches + [final].compactMap { $0 }).min(), "\(server.id)")
            #expect(intervals.last?.to == server["final"]?.time("OS-SRV-USG:terminated_at") || intervals.isEmpty)
            #expect(intervals.isUnbroken, "\(server.id)")
        }
    }

    @Test("both forms at once tell what the unversioned one tells")
    func bothForms() throws {
        #expect(ledgers[.both]?.intervals == ledgers[.unversioned]?.intervals)
        #expect(ledgers[.both]?.intervals.isEmpty == false)
    }

    @Test("since the last launch the usage of each server is what Nova's own usage report says", arguments: Form.allCases)
    func simpleTenantUsage(form: Form) throws {
        let ledger = try #require(ledgers[form])
        let tenants = try #require(trace.truth["simple_tenant_usage"])
        var compared = 0
        for (_, tenant) in tenants.members {
            let stop = try #require(tenant.time("stop"))
            for usage in tenant["server_usages"].map({ Array($0.elements) }) ?? [] {
                let intervals = ledger[.instance, usage["instance_id"]?.string]
                guard let launched = usage.time("started_at") else {
                    #expect(intervals.isEmpty)
                    continue
                }
                let period = try #require(UsagePeriod(from: launched, to: .distantFuture))
                let seconds = intervals.compactMap { $0.clipped(to: period, now: stop)?.seconds }.reduce(0, +)
                #expect(abs(seconds - (usage["uptime"]?.int ?? -1)) <= (usage.time("ended_at") == nil ? 1 : 0))
                let flavor = intervals.last { $0.from < stop }?.attributes.flavor
                #expect(flavor?.name == usage["flavor"]?.string && flavor?.vcpus == usage["vcpus"]?.int)
                #expect(flavor?.memoryMiB == usage["memory_mb"]?.int)
                compared += 1
            }
        }
        #expect(compared > 50)
    }

    @Test("state, flavor and host are what the API showed at each look", arguments: Form.allCases)
    func serverHistory(form: Form) throws {
        let ledger = try #require(ledgers[form])
        for server in servers {
            let intervals = ledger[.instance, server["id"]?.string]
            for look in server["history"].map({ Array($0.elements) }) ?? [] {
                guard let state = look["state"], let at = look.time("t"), let vmState = state["vm_state"]?.string,
                    state.time("launched_at") != nil, vmState != "deleted"
                else { continue }
                let seen = intervals.filter { $0.touches(at) }.map(\.attributes)
                let note: Comment = "\(server.id) at \(at): \(vmState), not \(seen)"
                #expect(seen.contains { $0.state?.text == vmState }, note)
                #expect(seen.contains { $0.flavor?.name == state["flavor"]?["original_name"]?.string }, note)
                #expect(seen.contains { $0.host?.text == state["host"]?.string }, note)
            }
        }
    }

    @Test("a server ends with the flavor that the API gives it in the end", arguments: Form.allCases)
    func finalFlavors(form: Form) throws {
        let ledger = try #require(ledgers[form])
        for server in servers {
            guard let last = ledger[.instance, server["id"]?.string].last else { continue }
            #expect(
                last.attributes.flavor?.name == server["final"]?["flavor"]?["original_name"]?.string, "\(server.id)")
        }
    }

    /// The two volumes that the API showed for the seconds of a migration are Cinder's own and have no notifications.
    @Test("every volume is billed from its creation, with size, type and owner as the API showed them")
    func volumeLives() throws {
        let ledger = try #require(ledgers[.both])
        var types: [String: Set<String>] = [:]
        let announced = Set(trace.facts.filter { $0.standing != .audit }.map(\.resourceID.text))
        for volume in volumes where announced.contains(volume.id) {
            let intervals = ledger[.volume, volume["id"]?.string]
            let looks = volume["history"].map { Array($0.elements) } ?? []
            guard looks.contains(where: \.showsUsableVolume) || !intervals.isEmpty else { continue }
            #expect(intervals.first?.from == volume.time("created_at"), "\(volume.id)")
            #expect(intervals.isUnbroken)
            if let gone = volume.time("gone_at") {
                #expect(intervals.last?.to.map { $0 <= gone } == true, "\(volume.id)")
            } else {
                #expect(intervals.last?.to == nil, "\(volume.id)")
            }
            for look in looks where look.showsUsableVolume {
                guard let at = look.time("t"), let state = look["state"] else { continue }
                let seen = intervals.filter { $0.touches(at) }.map(\.attributes)
                let size = state["size"]?.int.map { $0 << 30 }
                #expect(
                    seen.contains { $0.sizeBytes == size && $0.projectID?.text == state["tenant_id"]?.string },
                    "\(volume.id) at \(at)")
                for type in seen.count == 1 ? seen.compactMap(\.type) : [] {
                    types[type, default: []].insert(state["type"]?.string ?? "")
                }
            }
        }
        #expect(types.values.allSatisfy { $0.count == 1 } && types.count == 2, "\(types)")
    }

    @Test("what Cinder's audit knows of deletions agrees with the intervals to the second")
    func auditedDeletions() throws {
        let ledger = try #require(ledgers[.both])
        for fact in trace.facts where fact.standing == .audit {
            guard case .stated(let deleted)? = fact.end else { continue }
            let intervals = ledger[fact.resourceType, fact.resourceID.text]
            #expect(intervals.isEmpty || intervals.last?.to == deleted.cutToSecond, "\(fact)")
        }
    }
}

extension UsageTruthTests {
    /// The value of Nova's `notification_format`.
    enum Form: CaseIterable {
        case both, unversioned, versioned

        func includes(_ fact: UsageFact) -> Bool {
            switch self {
            case .both: true
            case .unversioned: !fact.eventType.hasPrefix("instance.")
            case .versioned: !fact.eventType.hasPrefix("compute.instance.")
            }
        }
    }
}

extension [UsageInterval] {
    /// Whether each interval begins where the one before it ends.
    var isUnbroken: Bool { zip(self, dropFirst()).allSatisfy { $0.to == $1.from && $0.closedBy == $1.openedBy } }
}

extension UsageInterval {
    /// Whether the interval may be the one that an API call around that moment showed: the call takes its time.
    fileprivate func touches(_ instant: Instant) -> Bool {
        from <= instant + .seconds(1) && to.map { $0 >= instant - .seconds(3) } ?? true
    }
}

extension JSONNode {
    fileprivate var id: String { self["id"]?.string ?? "?" }

    /// Whether a look at a volume shows one that came to be.
    fileprivate var showsUsableVolume: Bool {
        !["creating", "error", "deleting"].contains(self["state"]?["status"]?.string)
    }
}

extension Instant {
    fileprivate static let distantFuture = Instant(seconds: 9_000_000_000)
}

package import Libvirt

/// The hypervisor of this host, as far as polling asks it.
///
/// A protocol, so that tests can script one that hangs.
package protocol DomainSource: Sendable {
    /// The domains that run or are paused.
    func domains(within deadline: Duration) async throws -> [DomainSummary]

    /// Statistics of a group of domains, and the descriptions that were asked for.
    func read(_ request: DomainRequest, within deadline: Duration) async throws -> DomainAnswer

    /// Connections that were given up with a call that hung, since the start.
    var abandonedConnections: Int { get }

    /// What happens to domains; the stream ends when the hypervisor is lost.
    func events(within deadline: Duration) async throws -> AsyncStream<DomainEvent>
}

/// What to ask about a group of domains.
package struct DomainRequest: Hashable, Sendable {
    package let domains: [DomainID]
    package let groups: StatisticsGroups
    /// Those of them whose XML is wanted too.
    package let described: Set<DomainID>
    /// Whether to wait for domains that are busy, or to be answered in part.
    package let waits: Bool

    package init(domains: [DomainID], groups: StatisticsGroups, described: Set<DomainID>, waits: Bool) {
        self.domains = domains
        self.groups = groups
        self.described = described
        self.waits = waits
    }
}

/// What could be read of a group of domains, and what could not.
package struct DomainAnswer: Sendable {
    package var statistics: [DomainStatistics]
    package var descriptions: [DomainDescription]
    package var failures: [DomainID: DomainFailure]

    package init(
        statistics: [DomainStatistics], descriptions: [DomainDescription] = [],
        failures: [DomainID: DomainFailure] = [:]
    ) {
        self.statistics = statistics
        self.descriptions = descriptions
        self.failures = failures
    }
}

/// Why nothing could be read of one domain.
package enum DomainFailure: Error, Hashable, Sendable {
    case unreadable(LibvirtError)
    case undescribed(LibvirtError)
    case malformedXML(XMLError)
}

extension Hypervisor: DomainSource {
    package func domains(within deadline: Duration) async throws -> [DomainSummary] {
        try await call(within: deadline) { connection throws(LibvirtError) in try connection.domains() }
    }

    package func read(_ request: DomainRequest, within deadline: Duration) async throws -> DomainAnswer {
        try await call(within: deadline) { connection throws(LibvirtError) in
            let answer = try connection.statistics(of: request.domains, groups: request.groups, waits: request.waits)
            var result = DomainAnswer(
                statistics: answer.statistics, failures: answer.failures.mapValues(DomainFailure.unreadable))
            for id in request.domains where request.described.contains(id) && result.failures[id] == nil {
                switch try connection.description(of: id) {
                case .success(let description): result.descriptions.append(description)
                case .failure(let failure): result.failures[id] = failure
                }
            }
            return result
        }
    }
}

extension Connection {
    /// A domain's description, or why there is none; throws where the connection is lost.
    fileprivate func description(
        of id: DomainID
    ) throws(LibvirtError) -> Result<DomainDescription, DomainFailure> {
        let text: String
        do throws(LibvirtError) {
            text = try xml(of: id)
        } catch {
            if error.isConnectionLost { throw error }
            return .failure(.undescribed(error))
        }
        do throws(XMLError) {
            return .success(try DomainDescription(xml: text))
        } catch {
            return .failure(.malformedXML(error))
        }
    }
}

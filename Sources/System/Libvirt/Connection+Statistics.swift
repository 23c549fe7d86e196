import CLibvirt

extension Connection {
    /// What a call for statistics brought: what could be read, and who could not be and why.
    package struct StatisticsAnswer: Sendable {
        package var statistics: [DomainStatistics] = []
        package var failures: [DomainID: LibvirtError] = [:]
    }

    /// The statistics of a group of domains, in one call where the driver can.
    ///
    /// A domain that is gone is among the failures, and the others are answered. Throws where the call as a whole failed.
    ///
    /// With `waits` false libvirt leaves out what it could only get by waiting for a domain that is busy
    /// (`VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT`, since 4.5.0).
    package func statistics(
        of ids: [DomainID], groups: StatisticsGroups, waits: Bool = false
    ) throws(LibvirtError) -> StatisticsAnswer {
        guard answersInBulk else { return try singleStatistics(of: ids, groups: groups) }
        do {
            return try bulkStatistics(of: ids, groups: groups, waits: waits)
        } catch {
            guard error.isUnsupported else { throw error }
            answersInBulk = false
            return try singleStatistics(of: ids, groups: groups)
        }
    }

    private func bulkStatistics(
        of ids: [DomainID], groups: StatisticsGroups, waits: Bool
    ) throws(LibvirtError) -> StatisticsAnswer {
        var answer = StatisticsAnswer()
        var pointers: [OpaquePointer?] = []
        for id in ids {
            do throws(LibvirtError) {
                pointers.append(try domain(id))
            } catch {
                guard !error.isConnectionLost else { throw error }
                answer.failures[id] = error
            }
        }
        guard !pointers.isEmpty else { return answer }
        pointers.append(nil)
        var records: UnsafeMutablePointer<virDomainStatsRecordPtr?>?
        let flags = waits ? 0 : VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT.rawValue
        let count = try LibvirtError.check(
            virDomainListGetStats(&pointers, groups.rawValue, &records, flags), "virDomainListGetStats")
        defer { virDomainStatsRecordListFree(records) }
        answer.statistics.reserveCapacity(count)
        for index in 0..<count {
            guard let record = records?[index]?.pointee, let domain = record.dom else { continue }
            let parameters = TypedParameter.list(record.params, count: Int(record.nparams))
            var statistics = DomainStatistics(domain: try Self.summary(of: domain), parameters: parameters)
            statistics.mayBePartial = !waits
            answer.statistics.append(statistics)
        }
        noteMissing(ids, in: &answer)
        return answer
    }

    /// libvirt leaves a domain out of its answer when it is gone by then.
    private func noteMissing(_ ids: [DomainID], in answer: inout StatisticsAnswer) {
        let answered = Set(answer.statistics.map(\.domain.id))
        for id in ids where !answered.contains(id) && answer.failures[id] == nil {
            forget(id)
            answer.failures[id] = LibvirtError(
                code: .noDomain, domain: .domain, level: .error, message: "the domain is not in the answer",
                operation: "virDomainListGetStats")
        }
    }
}

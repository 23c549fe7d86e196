import CLibvirt
import Glibc

extension Connection {
    /// The domains that run or are paused; with `active` false also those that are only defined.
    package func domains(active: Bool = true) throws(LibvirtError) -> [DomainSummary] {
        var list: UnsafeMutablePointer<virDomainPtr?>?
        let flags = active ? VIR_CONNECT_LIST_DOMAINS_ACTIVE.rawValue : 0
        let count = try LibvirtError.check(
            virConnectListAllDomains(try pointer, &list, flags), "virConnectListAllDomains")
        defer { free(list) }
        var summaries: [DomainSummary] = []
        summaries.reserveCapacity(count)
        for index in 0..<count {
            guard let domain = list?[index] else { continue }
            defer { virDomainFree(domain) }
            summaries.append(try Self.summary(of: domain))
        }
        return summaries
    }

    /// The document of a domain.
    package func xml(of id: DomainID) throws(LibvirtError) -> String {
        try takeString(virDomainGetXMLDesc(try domain(id), 0), "virDomainGetXMLDesc")
    }

    /// Defines a domain that stays when it is stopped.
    package func define(xml: String) throws(LibvirtError) -> DomainSummary {
        guard let domain = virDomainDefineXML(try pointer, xml) else { throw .last("virDomainDefineXML") }
        defer { virDomainFree(domain) }
        return try Self.summary(of: domain)
    }

    /// Starts a domain that is gone once it is stopped.
    package func create(xml: String) throws(LibvirtError) -> DomainSummary {
        guard let domain = virDomainCreateXML(try pointer, xml, 0) else { throw .last("virDomainCreateXML") }
        defer { virDomainFree(domain) }
        return try Self.summary(of: domain)
    }

    /// Starts a defined domain.
    package func start(_ id: DomainID) throws(LibvirtError) {
        _ = try LibvirtError.check(virDomainCreate(try domain(id)), "virDomainCreate")
    }

    /// Asks the guest to shut down; returns before it has.
    package func shutdown(_ id: DomainID) throws(LibvirtError) {
        _ = try LibvirtError.check(virDomainShutdown(try domain(id)), "virDomainShutdown")
    }

    /// Stops a domain at once, as if its power were cut.
    package func destroy(_ id: DomainID) throws(LibvirtError) {
        _ = try LibvirtError.check(virDomainDestroy(try domain(id)), "virDomainDestroy")
    }

    /// Removes the definition of a domain.
    package func undefine(_ id: DomainID) throws(LibvirtError) {
        defer { forget(id) }
        _ = try LibvirtError.check(virDomainUndefine(try domain(id)), "virDomainUndefine")
    }

    /// The id and name that a pointer carries; no round trip.
    static func summary(of domain: OpaquePointer) throws(LibvirtError) -> DomainSummary {
        var text = [CChar](repeating: 0, count: Int(VIR_UUID_STRING_BUFLEN))
        guard virDomainGetUUIDString(domain, &text) == 0 else { throw .last("virDomainGetUUIDString") }
        guard let name = virDomainGetName(domain) else { throw .last("virDomainGetName") }
        let id = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return DomainSummary(id: DomainID(id), name: String(cString: name))
    }
}

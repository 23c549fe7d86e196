/// What a domain's XML says about it, as far as metering asks.
package struct DomainDescription: Hashable, Sendable {
    package let id: DomainID
    package let name: String
    /// The kind of operating system interface: `hvm`, `linux`, `exe`.
    package let osType: String?
    package let architecture: String?
    package let disks: [Disk]
    package let interfaces: [Interface]
    /// The elements of other programs, such as Nova's `instance`.
    package let metadata: [XMLElement]

    package struct Disk: Hashable, Sendable {
        /// The device in the guest's naming: `vda`.
        package let target: String
        /// False for a drive without a medium.
        package let hasSource: Bool
    }

    package struct Interface: Hashable, Sendable {
        /// The device on the host: `tap1234abcd-ef`.
        package let target: String
        package let mac: String?
        /// The name of the network filter, which in old clouds is the id that meters use.
        package let filter: String?
        /// The port's id in a virtual switch.
        package let portID: String?
    }

    /// Reads a domain's document.
    package init(xml: String) throws(XMLError) {
        try self.init(XMLReader.root(of: xml))
    }

    package init(_ root: XMLElement) throws(XMLError) {
        guard root.name == "domain", let uuid = root["uuid"]?.text, let name = root["name"]?.text else {
            throw XMLError(reason: "the document is not that of a domain", position: 0)
        }
        id = DomainID(uuid)
        self.name = name
        osType = root["os"]?["type"]?.text
        architecture = root["os"]?["type"]?.attributes["arch"]
        metadata = root["metadata"]?.children ?? []
        let devices = root["devices"]
        disks = (devices?.children("disk") ?? []).compactMap { disk in
            guard let target = disk["target"]?.attributes["dev"] else { return nil }
            return Disk(target: target, hasSource: disk["source"] != nil)
        }
        interfaces = (devices?.children("interface") ?? []).compactMap { interface in
            guard let target = interface["target"]?.attributes["dev"] else { return nil }
            return Interface(
                target: target, mac: interface["mac"]?.attributes["address"],
                filter: interface["filterref"]?.attributes["filter"],
                portID: interface["virtualport"]?["parameters"]?.attributes["interfaceid"])
        }
    }
}

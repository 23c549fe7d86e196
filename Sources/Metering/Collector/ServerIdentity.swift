package import Libvirt
package import Telemetry

/// Who a domain is: the server's owner, flavor and image from the metadata that Nova puts into the domain's XML.
///
/// A domain without such metadata belongs to nobody's project; it is metered under its host all the same.
package struct ServerIdentity: Hashable, Sendable {
    package let description: DomainDescription
    package let projectID: ProjectID?
    package let userID: UserID?
    package let displayName: String
    package let flavor: Flavor?
    package let imageID: String?

    package struct Flavor: Hashable, Sendable {
        /// Nova writes it since 2025.2; before that the name alone is known.
        package let id: String?
        package let name: String
        package let vcpus: Int?
        /// MiB.
        package let memory: Int?
        /// GiB, of which `ephemeral` are a part.
        package let disk: Int?
        /// GiB.
        package let ephemeral: Int?
    }

    package init(_ description: DomainDescription) {
        self.description = description
        let nova = description.metadata.first { $0.name == "instance" }
        let owner = nova?["owner"]
        projectID = owner?["project"]?.attributes["uuid"].map { ProjectID($0) }
        userID = owner?["user"]?.attributes["uuid"].map { UserID($0) }
        displayName = nova?["name"]?.text ?? description.name
        flavor = nova?["flavor"].flatMap(Flavor.init)
        imageID = nova?.children("root").first { $0.attributes["type"] == "image" }?.attributes["uuid"]
    }

    /// The attributes of the server in the names of Gnocchi's resource type `instance`, and what Ceilometer's samples have
    /// besides.
    package func attributes(on host: HostName) -> [BatchAttribute] {
        var attributes = [
            BatchAttribute("host", host.text), BatchAttribute("display_name", displayName.cropped),
            BatchAttribute("name", description.name.cropped),
        ]
        let more: [(String, String?)] = [
            ("flavor_id", flavor.map { $0.id ?? $0.name }), ("flavor_name", flavor?.name), ("image_ref", imageID),
            ("vcpus", flavor?.vcpus.map(String.init)), ("memory_mb", flavor?.memory.map(String.init)),
            ("disk_gb", flavor?.disk.map(String.init)), ("ephemeral_gb", flavor?.ephemeral.map(String.init)),
            ("root_gb", flavor?.rootDisk.map(String.init)), ("architecture", description.architecture),
            ("os_type", description.osType),
        ]
        for (key, value) in more {
            if let value { attributes.append(BatchAttribute(key, value.cropped)) }
        }
        return attributes
    }
}

extension ServerIdentity.Flavor {
    /// GiB of the root disk, as Ceilometer reckons it.
    var rootDisk: Int? {
        disk.flatMap { disk in ephemeral.map { disk - $0 } }
    }

    fileprivate init?(_ element: XMLElement) {
        guard let name = element.attributes["name"] else { return nil }
        self.name = name
        id = element.attributes["id"]
        vcpus = element["vcpus"].flatMap { Int($0.text) }
        memory = element["memory"].flatMap { Int($0.text) }
        disk = element["disk"].flatMap { Int($0.text) }
        ephemeral = element["ephemeral"].flatMap { Int($0.text) }
    }
}

extension String {
    /// Gnocchi keeps 255 characters of an attribute.
    private static var attributeLimit: Int { 255 }

    fileprivate var cropped: String { String(prefix(Self.attributeLimit)) }
}

import Compression
import Foundation
import JSON
import Telemetry

/// What the recorded cloud's own APIs said of its servers and volumes, as lives that a usage report can be held against.
struct RecordedTruth {
    static let start = "2026-11-23T00:00:00Z"
    /// Just before the APIs were asked for the last time: what lives on is counted up to here.
    static let end = "2026-11-23T19:37:00Z"

    let servers: [Server]
    let volumes: [Volume]

    struct Server {
        let id: String
        let projectID: String
        /// From the first launch, which later launches move forward in the API's answer; nil for one that never ran.
        let launchedAt: Instant?
        let terminatedAt: Instant?
        /// The flavors seen over its life by name, with their vCPUs; one that it had between two looks is missing.
        let flavors: [String: Int64]
        let wasResized: Bool
    }

    struct Volume {
        let id: String
        let createdAt: Instant
        /// When the API no longer knew it; nil for one that lives on.
        let goneAt: Instant?
        /// The sizes in GiB that it was seen to have where it could be used, and since when.
        let sizes: [(seenAt: Instant, gibibytes: Int64)]
        let projects: Set<String>
    }

    init() throws {
        let path = RunningDaemon.root
            .appendingPathComponent("Tests/Metering/NotificationsTests/Traces/truth-open.json.gz")
        let text = try GzipReader.expand([UInt8](Data(contentsOf: path)))
        let root = try JSONDocument(parsing: text, limits: JSONLimits(sizeLimit: 64 << 20)).root
        servers = try (root["servers"].map { Array($0.elements) } ?? []).map { try Server($0) }
        volumes = try (root["volumes"].map { Array($0.elements) } ?? []).map { try Volume($0) }
    }

    struct Incomplete: Error {}
}

extension RecordedTruth.Server {
    fileprivate init(_ node: JSONNode) throws {
        guard let id = node["id"]?.string, let project = node["tenant_id"]?.string, let final = node["final"] else {
            throw RecordedTruth.Incomplete()
        }
        let looks = (node["history"].map { Array($0.elements) } ?? []).compactMap { $0["state"] }
        let launches = looks.compactMap { $0.time("launched_at") } + [final.time("OS-SRV-USG:launched_at")].compactMap(\.self)
        let flavors = (looks + [final]).compactMap { $0["flavor"] }.compactMap { flavor in
            flavor["original_name"]?.string.flatMap { name in flavor["vcpus"]?.int.map { (name, $0) } }
        }
        self.init(
            id: id, projectID: project, launchedAt: launches.min(),
            terminatedAt: final.time("OS-SRV-USG:terminated_at"),
            flavors: Dictionary(flavors, uniquingKeysWith: { first, _ in first }),
            wasResized: node["actions"].map { $0.elements.contains { $0["action"]?.string == "resize" } } ?? false)
    }
}

extension RecordedTruth.Volume {
    fileprivate init(_ node: JSONNode) throws {
        guard let id = node["id"]?.string, let created = node.time("created_at") else { throw RecordedTruth.Incomplete() }
        let usable = (node["history"].map { Array($0.elements) } ?? [])
            .filter { !["creating", "error", "deleting"].contains($0["state"]?["status"]?.string) }
        self.init(
            id: id, createdAt: created, goneAt: node.time("gone_at"),
            sizes: usable.compactMap { look in
                look.time("t").flatMap { at in look["state"]?["size"]?.int.map { (at, $0) } }
            },
            projects: Set(usable.compactMap { $0["state"]?["tenant_id"]?.string }))
    }
}

extension JSONNode {
    fileprivate func time(_ key: String) -> Instant? { self[key]?.string.flatMap { Instant($0) } }
}

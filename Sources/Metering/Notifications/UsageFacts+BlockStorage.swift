import Telemetry
import Usage

/// What Cinder makes notifications of, by the first word of their event type.
enum BlockStorageKind: String {
    case volume, snapshot, backup

    var resourceType: ResourceType {
        switch self {
        case .volume: .volume
        case .snapshot: .snapshot
        case .backup: .backup
        }
    }

    fileprivate var idKey: String { rawValue + "_id" }

    fileprivate var sizeKey: String { self == .snapshot ? "volume_size" : "size" }
}

/// Cinder's notifications, and those of its `cinder-volume-usage-audit`.
extension UsageNotice {
    /// Nil for what has no status and no creation time, such as Nova's `volume.usage`.
    func blockStorageFact(_ kind: BlockStorageKind) -> UsageFact? {
        guard let id = text(kind.idKey), let created = time("created_at"), let status = text("status") else {
            return nil
        }
        let end = blockStorageEnd(status)
        return fact(
            kind.resourceType, id, standing: blockStorageStanding,
            isLandmark: operation == "create.end" || operation == "delete.end",
            start: blockStorageStart(kind, created: created, status: status), end: end,
            attributes: UsageAttributes(
                state: end == nil ? ResourceState(status) : nil, projectID: text("tenant_id").map { ProjectID($0) },
                userID: text("user_id").map { UserID($0) }, host: text("host").map { HostName($0) },
                sizeBytes: count(kind.sizeKey).map { $0 << 30 }, type: text("volume_type")))
    }

    /// Whether the audit sent it.
    ///
    /// With `--send_actions` the audit repeats `create` and `delete` notifications too.
    private var isBlockStorageAudit: Bool { time("audit_period_beginning") != nil }

    private var blockStorageStanding: UsageFact.Standing {
        if isBlockStorageAudit { return .audit }
        return operation.hasSuffix(".start") || operation.hasPrefix("delete.") ? .report : .observation
    }

    /// A volume without a status of use was usable if it has its own `launched_at`.
    ///
    /// For an unset one Cinder puts in the present time, which it writes without an offset, while times of its own have
    /// one.
    private func blockStorageStart(_ kind: BlockStorageKind, created: Instant, status: String) -> UsageFact.Start? {
        let isGone = ["deleting", "deleted"].contains(status)
        let wasLaunched = kind == .volume && (text("launched_at")?.hasUTCOffset ?? false)
        if isGone && isBlockStorageAudit && (wasLaunched || kind != .volume) { return .presumed(created) }
        if wasLaunched { return .stated(created) }
        switch status {
        case "creating", "downloading", "managing": return .pending
        case "error", "error_managing": return .denied
        case "deleting", "deleted": return kind == .volume ? .denied : .presumed(created)
        default: return .stated(created)
        }
    }

    /// The audit gives the row's own `deleted_at` as the beginning and the end of the period of its `delete` messages.
    private func blockStorageEnd(_ status: String) -> UsageFact.End? {
        let isDeletion = operation.hasPrefix("delete.") || operation.hasPrefix("unmanage.")
        if isDeletion, status == "deleted", let deleted = time("audit_period_beginning") { return .stated(deleted) }
        if isDeletion, operation.hasSuffix(".end") { return .noticed(generated) }
        return status == "deleted" ? .passed : nil
    }
}

extension String {
    /// Whether a date and time ends in `Z` or an offset such as `+00:00`.
    fileprivate var hasUTCOffset: Bool {
        guard let time = split(separator: "T", maxSplits: 1).last, count > time.count else { return false }
        return time.contains { $0 == "Z" || $0 == "+" || $0 == "-" }
    }
}

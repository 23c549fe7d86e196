import JSON
import Telemetry
import Usage

/// Nova's notifications of servers: the unversioned `compute.instance.*` and the versioned `instance.*`.
extension UsageNotice {
    var serverFact: UsageFact? {
        guard let id = text("instance_id") ?? text("uuid") else { return nil }
        let end = serverEnd
        let standing = serverStanding
        return fact(
            .instance, id, standing: standing,
            isLandmark: operation == "create.end" || operation == "delete.end",
            start: time("launched_at").map { .stated($0) }, end: end,
            // An observation is made at the change. An audit comes later, and the last launch is then the best that Nova
            // tells of the time of a change.
            changed: standing == .audit ? time("launched_at") : nil,
            attributes: UsageAttributes(
                // A deleted server's last state says nothing of its life.
                state: end == nil ? text("state").map { ResourceState($0) } : nil,
                projectID: text("tenant_id").map { ProjectID($0) }, userID: text("user_id").map { UserID($0) },
                host: text("host").map { HostName($0) }, flavor: serverFlavor))
    }

    /// Nova sets `deleted_at` at a soft deletion already and takes it back at a restore, so that it counts only for a
    /// server whose state is `deleted`.
    private var serverEnd: UsageFact.End? {
        if let terminated = time("terminated_at") { return .stated(terminated) }
        let isDeleted = text("state") == "deleted"
        if isDeleted, let deleted = time("deleted_at") { return .stated(deleted) }
        if operation == "delete.end" { return .noticed(generated) }
        return isDeleted ? .passed : nil
    }

    private var serverStanding: UsageFact.Standing {
        if operation == "exists" { return .audit }
        // A deletion runs beside other operations with the copy of the server that it was given when it was asked for.
        let isLeaving = ["deleting", "soft-deleting"].contains(text("state_description") ?? text("task_state"))
        return Self.serverObservations.contains(String(operation)) && !isLeaving ? .observation : .report
    }

    /// What Nova sends after it has saved a new state: `update` with every save, and the end of each operation that
    /// changes state, host or flavor.
    ///
    /// `live_migration._post.end` is none of them: the source host sends it late, with the server as it was before the
    /// migration.
    private static let serverObservations: Set<String> = [
        "update", "create.end", "power_off.end", "power_on.end", "pause.end", "unpause.end", "suspend.end",
        "resume.end", "rescue.end", "unrescue.end", "reboot.end", "rebuild.end", "resize.end", "finish_resize.end",
        "resize.confirm.end", "resize.revert.end", "shelve.end", "shelve_offload.end", "unshelve.end",
        "soft_delete.end", "restore.end", "live_migration.post.dest.end",
        // The versioned names of those that have others (nova/notifications/objects/base.py, NotificationAction).
        "resize_finish.end", "resize_confirm.end", "resize_revert.end", "live_migration_post_dest.end",
    ]

    /// The flavor: flat in an unversioned payload, an object of its own in a versioned one.
    private var serverFlavor: UsageFlavor? {
        let flavor = payload["flavor"].map { VersionedObject($0).data }
        guard let name = text("instance_type") ?? flavor.flatMap({ text("name", in: $0) }),
            let vcpus = count("vcpus", in: flavor), let memory = count("memory_mb", in: flavor),
            let root = count("root_gb", in: flavor), let ephemeral = count("ephemeral_gb", in: flavor)
        else { return nil }
        return UsageFlavor(name: name, vcpus: vcpus, memoryMiB: memory, rootGiB: root, ephemeralGiB: ephemeral)
    }
}

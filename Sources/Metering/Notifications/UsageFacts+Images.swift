import JSON
import Telemetry
import Usage

/// Glance's notifications.
extension UsageNotice {
    /// Nil for what is about something else than an image as a whole: its members, a download, the text of an error.
    ///
    /// An image is billed from the moment at which its bytes are stored and it becomes active, which Glance tells as the
    /// `updated_at` of the first notification of an active image, to the `deleted_at` of its deletion.
    var imageFact: UsageFact? {
        guard let id = text("id"), let created = time("created_at"), let status = text("status") else { return nil }
        let updated = time("updated_at") ?? generated
        let end: UsageFact.End? =
            switch status {
            case "deleted", "pending_delete": time("deleted_at").map { .stated($0) } ?? .noticed(generated)
            default: operation == "delete" ? .noticed(generated) : nil
            }
        let start: UsageFact.Start? =
            switch status {
            case "active", "deactivated": .stated(updated)
            case "killed": .denied
            case "deleted", "pending_delete": payload["size"]?.int == nil ? nil : .presumed(created)
            default: .pending
            }
        return fact(
            .image, id, standing: .observation, isLandmark: operation == "activate" || operation == "delete",
            start: start, end: end, changed: updated,
            attributes: UsageAttributes(
                state: end == nil ? ResourceState(status) : nil, projectID: text("owner").map { ProjectID($0) },
                sizeBytes: payload["size"]?.int.flatMap { $0 >= 0 ? $0 : nil }))
    }
}

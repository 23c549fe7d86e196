import ArgumentParser

/// What a daemon process does. A small site runs all of them in one process, a large one each in units of its own.
enum Role: String, CaseIterable, ExpressibleByArgument {
    /// Polls this host and its hypervisor; needs the broker, never the database.
    case collector
    /// Takes samples and notifications from the broker into the database.
    case ingestion
    /// Packs what is stored, and drops what retention is over.
    case compaction
    /// Answers HTTP.
    case api
    /// Calls the webhooks of alarms; the alarms themselves are judged by ingestion.
    case alarming
    /// Publishes the load of hosts for the scheduler.
    case weighing

    /// The roles that the words of the command line name; `all` stands for every role.
    static func named(_ words: [String]) throws -> [Role] {
        guard !words.isEmpty else { throw ValidationError("name one role or several: \(choices)") }
        if words.contains("all") { return Role.allCases }
        let roles = try words.map { word in
            guard let role = Role(rawValue: word) else {
                throw ValidationError("there is no role '\(word)'; the roles are \(choices)")
            }
            return role
        }
        return Role.allCases.filter(roles.contains)
    }

    private static var choices: String { (allCases.map(\.rawValue) + ["all"]).joined(separator: ", ") }
}

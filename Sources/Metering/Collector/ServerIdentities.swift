import Libvirt

/// Who the domains are, and of whom that must be read again.
///
/// What an event says that changed is read again with the next poll, and everything after some minutes, because events can be
/// missed. The old description serves until then. A description that was on its way while the domain changed counts as old.
struct ServerIdentities: Sendable {
    private var entries: [DomainID: Entry] = [:]
    private var changes: [DomainID: Int] = [:]
    private var changeOfAll = 0
    /// Rises with each change.
    private(set) var revision = 0

    /// A description is read again after this time and up to as much again, so that not all are due together.
    static let lifetime = Duration.seconds(300)

    private struct Entry {
        let identity: ServerIdentity
        /// That of the moment in which the description was asked for.
        let revision: Int
        let until: Duration
    }

    /// What is known, be it old.
    subscript(domain: DomainID) -> ServerIdentity? { entries[domain]?.identity }

    /// Whether the domain's description is to be read; times are counted from any fixed moment.
    func mustBeRead(_ domain: DomainID, at now: Duration) -> Bool {
        guard let entry = entries[domain], now < entry.until else { return true }
        return entry.revision < max(changes[domain] ?? 0, changeOfAll)
    }

    /// Takes a description that was asked for at `revision`.
    mutating func take(_ description: DomainDescription, askedAt revision: Int, now: Duration) {
        if let known = entries[description.id], known.revision > revision { return }
        entries[description.id] = Entry(
            identity: ServerIdentity(description), revision: revision,
            until: now + Self.lifetime + Self.spread(of: description.id))
    }

    /// A domain changed.
    mutating func note(changeOf domain: DomainID) {
        revision += 1
        changes[domain] = revision
    }

    /// Any domain may have changed.
    mutating func noteChangeOfAll() {
        revision += 1
        changeOfAll = revision
        changes = [:]
    }

    /// Forgets all domains but these.
    mutating func keep(_ domains: Set<DomainID>) {
        entries = entries.filter { domains.contains($0.key) }
        changes = changes.filter { domains.contains($0.key) }
    }

    private static func spread(of domain: DomainID) -> Duration {
        let number = domain.text.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        return lifetime * (Double(number % 1_000) / 1_000)
    }
}

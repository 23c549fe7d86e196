package import Telemetry

/// What is known of a resource at one time.
package struct ResourceFacts: Hashable, Sendable {
    package var type: ResourceType
    package var projectID: ProjectID?
    package var userID: UserID?
    package var attributes: ResourceAttributes

    /// The type of a resource of which nobody has told it; Gnocchi's name.
    package static let unknownType: ResourceType = "generic"

    init(type: ResourceType, projectID: ProjectID?, userID: UserID?, attributes: ResourceAttributes) {
        self.type = type
        self.projectID = projectID
        self.userID = userID
        self.attributes = attributes
    }

    init(_ observation: ResourceObservation) {
        self.init(
            type: observation.type ?? Self.unknownType, projectID: observation.projectID, userID: observation.userID,
            attributes: observation.attributes)
    }

    /// These with what an observation tells put over them.
    func overlaid(by observation: ResourceObservation) -> ResourceFacts {
        ResourceFacts(
            type: observation.type ?? type, projectID: observation.projectID ?? projectID,
            userID: observation.userID ?? userID, attributes: attributes.overlaid(by: observation.attributes))
    }
}

/// Facts and the time for which they hold.
package struct ResourceRevision: Hashable, Sendable {
    package internal(set) var facts: ResourceFacts
    package internal(set) var start: Instant
    /// The start of the next revision; nil for the present one.
    package internal(set) var end: Instant?
    /// The latest observation that confirmed the facts.
    package internal(set) var observedAt: Instant
}

/// The revisions of one resource and the rule by which observations in any order make them.
///
/// An observation holds from its time on, until the next moment for which something else is known. So a late one splits the
/// revision that it falls into, and never changes what a later observation has told. Of the observations that confirm a
/// revision the latest is remembered, not each of them: one that contradicts them late is taken to hold up to that latest.
struct ResourceTimeline: Hashable {
    /// In order of time, without gaps; the last one is open.
    ///
    /// Earlier ones may be missing if no observation lies before the first.
    private(set) var revisions: [ResourceRevision]
    private(set) var startedAt: Instant?
    private(set) var endedAt: Instant?

    init(_ observation: ResourceObservation) {
        revisions = [
            ResourceRevision(
                facts: ResourceFacts(observation), start: observation.at, end: nil, observedAt: observation.at)
        ]
        startedAt = observation.startedAt
        endedAt = observation.endedAt
    }

    init(revisions: [ResourceRevision], startedAt: Instant?, endedAt: Instant?) {
        precondition(revisions.last.map { $0.end == nil } ?? false, "the last revision is open")
        self.revisions = revisions
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    var present: ResourceRevision { revisions[revisions.count - 1] }

    mutating func observe(_ observation: ResourceObservation) {
        observeLife(observation)
        guard let index = revisions.lastIndex(where: { $0.start <= observation.at }) else {
            return observeBeforeFirst(observation)
        }
        let facts = revisions[index].facts.overlaid(by: observation)
        if facts == revisions[index].facts {
            revisions[index].observedAt = max(revisions[index].observedAt, observation.at)
        } else {
            split(index, at: observation.at, facts)
        }
    }

    /// The end is final, unless the resource is said to have started after it.
    ///
    /// The earliest start is the right one until then.
    private mutating func observeLife(_ observation: ResourceObservation) {
        if let start = observation.startedAt {
            if let end = endedAt, start > end {
                startedAt = start
                endedAt = nil
            } else {
                startedAt = startedAt.map { min($0, start) } ?? start
            }
        }
        if let end = observation.endedAt, startedAt.map({ $0 <= end }) ?? true {
            endedAt = endedAt.map { max($0, end) } ?? end
        }
    }

    private mutating func observeBeforeFirst(_ observation: ResourceObservation) {
        let first = revisions[0]
        let facts = first.facts.overlaid(by: observation)
        if facts == first.facts {
            revisions[0].start = observation.at
        } else {
            revisions.insert(
                ResourceRevision(facts: facts, start: observation.at, end: first.start, observedAt: observation.at),
                at: 0)
        }
    }

    /// Puts other facts into a revision from `instant` on: up to the revision's next confirmation, or else its end.
    private mutating func split(_ index: Int, at instant: Instant, _ facts: ResourceFacts) {
        let whole = revisions[index]
        let isConfirmedLater = instant < whole.observedAt
        var parts: [ResourceRevision] = []
        if whole.start < instant {
            parts.append(
                ResourceRevision(
                    facts: whole.facts, start: whole.start, end: instant, observedAt: min(whole.observedAt, instant)))
        }
        let end = isConfirmedLater ? whole.observedAt : whole.end
        parts.append(ResourceRevision(facts: facts, start: instant, end: end, observedAt: instant))
        if isConfirmedLater && whole.end != whole.observedAt {
            parts.append(
                ResourceRevision(
                    facts: whole.facts, start: whole.observedAt, end: whole.end, observedAt: whole.observedAt))
        }
        revisions.replaceSubrange(index...index, with: parts)
        mergeEqualNeighbours()
    }

    private mutating func mergeEqualNeighbours() {
        var merged: [ResourceRevision] = []
        for revision in revisions {
            if let last = merged.last, last.facts == revision.facts {
                merged[merged.count - 1].end = revision.end
                merged[merged.count - 1].observedAt = max(last.observedAt, revision.observedAt)
            } else {
                merged.append(revision)
            }
        }
        revisions = merged
    }
}

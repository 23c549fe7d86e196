import CLibvirt

/// Something that happened to a domain.
///
/// An event is a hint: libvirt does not keep them while nobody listens, so that a reader also looks for itself at times.
package struct DomainEvent: Hashable, Sendable {
    package let domain: DomainSummary
    package let kind: Kind

    package init(domain: DomainSummary, kind: Kind) {
        self.domain = domain
        self.kind = kind
    }

    package enum Kind: Hashable, Sendable {
        case defined, undefined, started, suspended, resumed, stopped, crashed
        /// The guest has halted; the domain may still be read for a moment until it is stopped.
        case shutdown
        case suspendedByGuest
        /// Another program changed the metadata in the domain's XML.
        case metadataChanged
        /// A device was plugged in or out.
        case deviceChanged

        /// The kind of a `virDomainEventType`; nil for one that libvirt 9.0 does not have.
        init?(lifecycle event: Int32) {
            switch virDomainEventType(rawValue: UInt32(bitPattern: event)) {
            case VIR_DOMAIN_EVENT_DEFINED: self = .defined
            case VIR_DOMAIN_EVENT_UNDEFINED: self = .undefined
            case VIR_DOMAIN_EVENT_STARTED: self = .started
            case VIR_DOMAIN_EVENT_SUSPENDED: self = .suspended
            case VIR_DOMAIN_EVENT_RESUMED: self = .resumed
            case VIR_DOMAIN_EVENT_STOPPED: self = .stopped
            case VIR_DOMAIN_EVENT_SHUTDOWN: self = .shutdown
            case VIR_DOMAIN_EVENT_PMSUSPENDED: self = .suspendedByGuest
            case VIR_DOMAIN_EVENT_CRASHED: self = .crashed
            default: return nil
            }
        }
    }
}

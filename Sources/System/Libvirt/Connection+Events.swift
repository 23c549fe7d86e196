import CLibvirt

extension Connection {
    /// Events that may wait for the reader; above it the oldest are dropped, which a hint allows.
    private static var eventLimit: Int { 4_096 }

    /// What happens to domains from now on.
    ///
    /// The stream ends when the connection is lost or closes; the callbacks go with the connection, which lives until the
    /// stream ends or nobody reads it any more.
    ///
    /// To be called once for a connection.
    package func events() throws(LibvirtError) -> AsyncStream<DomainEvent> {
        let connection = try pointer
        let (stream, continuation) = AsyncStream.makeStream(
            of: DomainEvent.self, bufferingPolicy: .bufferingNewest(Self.eventLimit))
        // The connection stays open for as long as somebody may read the stream.
        continuation.onTermination = { _ in withExtendedLifetime(self) {} }
        handle.keep(events: continuation)
        let sink = EventSink(continuation)
        let lifecycle: LifecycleCallback = { _, domain, event, _, opaque in
            EventSink.yield(DomainEvent.Kind(lifecycle: event), domain, to: opaque)
            return 0
        }
        let metadata: MetadataCallback = { _, domain, _, _, opaque in
            EventSink.yield(.metadataChanged, domain, to: opaque)
        }
        let device: DeviceCallback = { _, domain, _, opaque in
            EventSink.yield(.deviceChanged, domain, to: opaque)
        }
        // SAFETY: libvirt takes all callbacks as one type and calls each with the arguments of its event's own type, which
        // is what these four have (`virConnectDomainEventRegisterAny`).
        let registrations: [(virDomainEventID, virConnectDomainEventGenericCallback)] = [
            (VIR_DOMAIN_EVENT_ID_LIFECYCLE, unsafeBitCast(lifecycle, to: virConnectDomainEventGenericCallback.self)),
            (
                VIR_DOMAIN_EVENT_ID_METADATA_CHANGE,
                unsafeBitCast(metadata, to: virConnectDomainEventGenericCallback.self)
            ),
            (VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, unsafeBitCast(device, to: virConnectDomainEventGenericCallback.self)),
            (VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, unsafeBitCast(device, to: virConnectDomainEventGenericCallback.self)),
        ]
        for (event, callback) in registrations {
            try register(connection, event: event, callback, sink)
        }
        try registerClose(connection, sink)
        return stream
    }

    private func register(
        _ connection: OpaquePointer, event: virDomainEventID,
        _ callback: @escaping virConnectDomainEventGenericCallback,
        _ sink: EventSink
    ) throws(LibvirtError) {
        let opaque = Unmanaged.passRetained(sink)
        let result = virConnectDomainEventRegisterAny(
            connection, nil, Int32(event.rawValue), callback, opaque.toOpaque(), EventSink.release)
        guard result < 0 else { return handle.keep(eventCallback: result) }
        let error = LibvirtError.last("virConnectDomainEventRegisterAny")
        opaque.release()
        // Not every driver knows every kind of event; life-cycle events are the ones that all have.
        guard error.isUnsupported, event != VIR_DOMAIN_EVENT_ID_LIFECYCLE else { throw error }
    }

    private func registerClose(_ connection: OpaquePointer, _ sink: EventSink) throws(LibvirtError) {
        let opaque = Unmanaged.passRetained(sink)
        let callback: virConnectCloseFunc = { _, _, opaque in EventSink.finish(opaque) }
        let result = virConnectRegisterCloseCallback(connection, callback, opaque.toOpaque(), EventSink.release)
        guard result < 0 else { return handle.keep(closeCallback: callback) }
        let error = LibvirtError.last("virConnectRegisterCloseCallback")
        opaque.release()
        // A driver in this process is never lost.
        guard error.isUnsupported else { throw error }
    }
}

private typealias LifecycleCallback =
    @convention(c) (
        OpaquePointer?, OpaquePointer?, Int32, Int32, UnsafeMutableRawPointer?
    ) -> Int32
private typealias MetadataCallback =
    @convention(c) (
        OpaquePointer?, OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafeMutableRawPointer?
    ) -> Void
private typealias DeviceCallback =
    @convention(c) (
        OpaquePointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafeMutableRawPointer?
    ) -> Void

/// Where callbacks put their events; they run on the thread of the event loop.
private final class EventSink: Sendable {
    private let continuation: AsyncStream<DomainEvent>.Continuation

    init(_ continuation: AsyncStream<DomainEvent>.Continuation) {
        self.continuation = continuation
    }

    deinit {
        continuation.finish()
    }

    // SAFETY: `opaque` is a sink that was retained for its registration, and libvirt calls `release` once, after the last
    // call of the registration's callback.
    static let release: virFreeCallback = { opaque in
        if let opaque { Unmanaged<EventSink>.fromOpaque(opaque).release() }
    }

    static func yield(_ kind: DomainEvent.Kind?, _ domain: OpaquePointer?, to opaque: UnsafeMutableRawPointer?) {
        guard let kind, let domain, let opaque else { return }
        let summary: DomainSummary
        do throws(LibvirtError) {
            summary = try Connection.summary(of: domain)
        } catch {
            return  // a pointer without id or name stands for no domain, so there is nobody the event could be about
        }
        let sink = Unmanaged<EventSink>.fromOpaque(opaque).takeUnretainedValue()
        sink.continuation.yield(DomainEvent(domain: summary, kind: kind))
    }

    static func finish(_ opaque: UnsafeMutableRawPointer?) {
        guard let opaque else { return }
        Unmanaged<EventSink>.fromOpaque(opaque).takeUnretainedValue().continuation.finish()
    }
}

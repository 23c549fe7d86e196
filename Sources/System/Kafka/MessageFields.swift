internal import CRdKafka

/// The fields of one message in the form that `rd_kafka_produceva` takes; Swift can't call the variadic `producev`.
///
/// Holds pointers into the message: use it only inside the closures that lend them.
struct MessageFields {
    private var fields: [rd_kafka_vu_t] = []

    init() {
        fields.reserveCapacity(7)
        add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = Int32(RD_KAFKA_MSG_F_COPY) }
    }

    mutating func topic(_ name: UnsafePointer<CChar>) {
        add(RD_KAFKA_VTYPE_TOPIC) { $0.cstr = name }
    }

    mutating func partition(_ number: Int32) {
        add(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = number }
    }

    mutating func value(_ bytes: UnsafeRawBufferPointer) {
        add(RD_KAFKA_VTYPE_VALUE) { $0.mem = .init(ptr: Self.pointer(bytes), size: bytes.count) }
    }

    mutating func key(_ bytes: UnsafeRawBufferPointer) {
        add(RD_KAFKA_VTYPE_KEY) { $0.mem = .init(ptr: Self.pointer(bytes), size: bytes.count) }
    }

    mutating func headers(_ list: OpaquePointer) {
        add(RD_KAFKA_VTYPE_HEADERS) { $0.headers = list }
    }

    mutating func ticket(_ number: UInt) {
        add(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = UnsafeMutableRawPointer(bitPattern: number) }
    }

    /// Queues the message; the value and key are copied, the headers are taken over where it succeeds.
    ///
    /// Returns nil or an error object that the caller owns.
    func produce(_ client: OpaquePointer) -> OpaquePointer? {
        rd_kafka_produceva(client, fields, fields.count)
    }

    private mutating func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void) {
        var field = rd_kafka_vu_t()
        field.vtype = type
        fill(&field.u)
        fields.append(field)
    }

    /// librdkafka only reads the bytes, though its types don't say so.
    private static func pointer(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    }
}

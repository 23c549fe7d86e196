import CPostgres

/// The parameters of one statement in the binary format, one after another in a single piece of memory.
struct BoundParameters {
    /// The protocol counts parameters in 16 bits.
    private static let countLimit = 65_535

    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var types: [Oid] = []

    init(_ values: [any SQLBindable], operation: String) throws(PostgresError) {
        guard values.count <= Self.countLimit else {
            throw PostgresError(
                "54000", message: "\(values.count) parameters, the limit is \(Self.countLimit)", operation: operation)
        }
        for value in values {
            let start = bytes.count
            types.append(type(of: value).sqlType.rawValue)
            if value.isNull {
                offsets.append(nil)
            } else {
                value.encode(into: &bytes)
                offsets.append(start)
            }
            guard let length = Int32(exactly: bytes.count - start) else {
                throw PostgresError("54000", message: "a parameter is over 2 GiB", operation: operation)
            }
            lengths.append(length)
        }
    }

    /// Runs a statement with these parameters; the result is in the binary format.
    ///
    /// Blocks.
    func run(_ text: String, on connection: Connection) -> OpaquePointer? {
        bytes.withUnsafeBytes { bytes in
            // A pointer that is not null says "not NULL", also for a value of no bytes in an empty buffer.
            let base = bytes.baseAddress ?? UnsafeRawPointer(Self.emptyValue)
            let pointers = offsets.map { offset in offset.map { (base + $0).assumingMemoryBound(to: CChar.self) } }
            let formats = [Int32](repeating: Self.binary, count: types.count)
            let status = PQsendQueryParams(
                connection.handle, text, Int32(types.count), types, pointers, lengths, formats, Self.binary)
            guard status == 1 else { return nil }
            connection.repeatInterruption()
            return connection.awaitResult()
        }
    }

    static let binary: Int32 = 1
    // SAFETY: one byte that lives as long as the program and is never written after this.
    private nonisolated(unsafe) static let emptyValue: UnsafePointer<CChar> = {
        let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)
    }()
}

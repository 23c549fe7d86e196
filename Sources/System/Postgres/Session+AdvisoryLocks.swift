/// The number of an advisory lock: a lock on something that is no row, known by agreement among programs.
package struct AdvisoryLock: Hashable, Sendable {
    package let key: Int64

    package init(key: Int64) { self.key = key }

    /// The lock of a name, such as `"metric.batch partitions"`: the first eight bytes of a hash (FNV-1a, 64 bits), which is the same in
    /// every build of the program.
    package init(_ name: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        key = Int64(bitPattern: hash)
    }
}

extension Session {
    /// Waits for the lock and holds it until the transaction ends.
    package func lockInTransaction(_ lock: AdvisoryLock) throws {
        try execute("SELECT pg_advisory_xact_lock(\(lock.key))")
    }

    /// Takes the lock until the transaction ends, where nobody else holds it.
    package func tryLockInTransaction(_ lock: AdvisoryLock) throws -> Bool {
        try queryOne("SELECT pg_try_advisory_xact_lock(\(lock.key)) AS taken") { try $0["taken"] } ?? false
    }

    /// Takes the lock until `unlock` or the end of the session, where nobody else holds it.
    package func tryLock(_ lock: AdvisoryLock) throws -> Bool {
        try queryOne("SELECT pg_try_advisory_lock(\(lock.key)) AS taken") { try $0["taken"] } ?? false
    }

    /// Gives back a lock that `tryLock` took.
    ///
    /// Returns false where the session did not hold it.
    @discardableResult
    package func unlock(_ lock: AdvisoryLock) throws -> Bool {
        try queryOne("SELECT pg_advisory_unlock(\(lock.key)) AS held") { try $0["held"] } ?? false
    }
}

import Glibc

/// One open file of the spool; closed when it is let go.
///
/// Calls block and belong on the thread of the spool's owner.
final class SpoolFile {
    /// For a file that exists only to be locked.
    static let lockFlags = O_RDWR | O_CREAT

    let path: String
    private let descriptor: Int32

    /// Opens a file with the flags of open(2).
    init(_ path: String, flags: Int32) throws(SpoolError) {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SpoolError(code: errno, operation: "open", path: path) }
    }

    deinit {
        close(descriptor)
    }

    var size: Int {
        get throws(SpoolError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw SpoolError(code: errno, operation: "fstat", path: path) }
            return Int(status.st_size)
        }
    }

    /// Writes all bytes at this offset.
    func write(_ bytes: [UInt8], at offset: Int) throws(SpoolError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SpoolError(code: errno, operation: "write", path: path) }
            done += count
        }
    }

    /// Reads up to `count` bytes; fewer where the file ends.
    func read(_ count: Int, at offset: Int) throws(SpoolError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SpoolError(code: errno, operation: "read", path: path) }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// As `read`; nil where the disk cannot read it (EIO): for what is then lost as much as if it were damaged.
    func readable(_ count: Int, at offset: Int) -> [UInt8]? {
        do throws(SpoolError) { return try read(count, at: offset) } catch { return nil }
    }

    /// Waits until what was written is on the disk.
    func synchronize() throws(SpoolError) {
        guard fdatasync(descriptor) == 0 else { throw SpoolError(code: errno, operation: "fdatasync", path: path) }
    }

    func truncate(to size: Int) throws(SpoolError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            throw SpoolError(code: errno, operation: "ftruncate", path: path)
        }
    }

    /// Takes the file for this process alone, as long as it is open.
    func lock() throws(SpoolError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SpoolError(code: errno, operation: "flock", path: path)
        }
    }
}

import Glibc

/// The files below the configured roots, read through one buffer that only grows.
///
/// Used by one thread at a time. A file is opened without blocking and without following it into another process, read to
/// its end and closed; nothing is kept open between two readings, because sysfs files come and go with their devices.
struct HostTree {
    /// A `/proc/stat` of 1,024 processors and as many interrupts stays below 1 MiB; anything past this is not a counter file.
    static let fileSizeLimit = 8 << 20
    /// Entries of one directory; a server with 512 processors and 24 DIMMs has a few hundred.
    static let directorySizeLimit = 4096
    /// Problems named in one snapshot: a machine full of broken sensors must not flood memory.
    static let problemLimit = 256

    let roots: HostRoots
    private(set) var problems: [HostCounterError] = []
    private var source: HostSource = .processors
    private var buffer: [UInt8]

    init(roots: HostRoots) {
        self.roots = roots
        // One page more than a usual `/proc/stat`, so that most readings take one `read` and no growth.
        self.buffer = [UInt8](repeating: 0, count: 64 << 10)
    }

    /// The problems since the last call.
    mutating func takeProblems() -> [HostCounterError] {
        defer { problems = [] }
        return problems
    }

    /// Runs one source; its error becomes a problem and its value nil.
    mutating func read<Value>(
        _ source: HostSource, _ body: (inout HostTree) throws(HostCounterError) -> Value
    ) -> Value? {
        self.source = source
        return attempt(body)
    }

    /// Runs one part of a source; its error becomes a problem and the other parts go on.
    mutating func attempt<Value>(_ body: (inout HostTree) throws(HostCounterError) -> Value) -> Value? {
        do {
            return try body(&self)
        } catch {
            note(error)
            return nil
        }
    }

    /// Like `attempt`, where the part is one that many machines lack: absence is no problem.
    mutating func attemptOptional<Value>(_ body: (inout HostTree) throws(HostCounterError) -> Value) -> Value? {
        do {
            return try body(&self)
        } catch {
            if error.code != .absent { note(error) }
            return nil
        }
    }

    /// Names lines that this kernel does not write into a file.
    mutating func noteAbsent(_ lines: Set<String>, in path: String) {
        for line in lines.sorted() { note(error(path + ": " + line, .absent)) }
    }

    func error(_ path: String, _ code: HostCounterError.Code) -> HostCounterError {
        HostCounterError(source: source, path: path, code: code)
    }

    func malformed(_ path: String, _ what: String) -> HostCounterError {
        error(path, .malformed(what))
    }

    private mutating func note(_ error: HostCounterError) {
        if problems.count < Self.problemLimit { problems.append(error) }
    }

    // MARK: Files

    /// The path of a file below `/proc/<process>` that is process 1's where that can be read: it shows the host's namespaces
    /// even where this process lives in its own.
    func ofFirstProcess(_ file: String, else own: String) -> String {
        let path = roots.procfs + "/1" + file
        return access(path, R_OK) == 0 ? path : roots.procfs + own
    }

    /// The whole file.
    ///
    /// The scanner shares the buffer: let go of it before the next call, or that call copies.
    mutating func contents(_ path: String) throws(HostCounterError) -> ByteScanner {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var filled = 0
        while true {
            if filled == buffer.count { try grow(path) }
            let capacity = buffer.count - filled
            let received = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), capacity)
            }
            if received > 0 {
                filled += received
            } else if received == 0 {
                return ByteScanner(buffer, count: filled)
            } else if errno != EINTR {
                throw failure(path)
            }
        }
    }

    /// A file of whole lines.
    ///
    /// Files of procfs end with a newline; one that does not was cut, maybe within a number.
    mutating func lines(_ path: String) throws(HostCounterError) -> ByteScanner {
        let scanner = try contents(path)
        guard let last = scanner.lastByte else { throw malformed(path, "empty file") }
        guard last == UInt8(ascii: "\n") else { throw error(path, .truncated) }
        return scanner
    }

    /// A sysfs file of one whole number.
    mutating func unsigned(_ path: String) throws(HostCounterError) -> UInt64 {
        var scanner = try contents(path).trimmed()
        guard let value = scanner.unsigned(), scanner.isAtEnd else { throw malformed(path, "whole number") }
        return value
    }

    /// A sysfs file of one whole number that may be negative.
    mutating func signed(_ path: String) throws(HostCounterError) -> Int64 {
        var scanner = try contents(path).trimmed()
        guard let value = scanner.signed(), scanner.isAtEnd else { throw malformed(path, "whole number") }
        return value
    }

    /// A sysfs file of one line of text.
    mutating func text(_ path: String) throws(HostCounterError) -> String {
        let scanner = try contents(path).trimmed()
        guard scanner.count > 0, scanner.count <= nameLengthLimit, let text = scanner.text() else {
            throw malformed(path, "a line of text")
        }
        return text
    }

    /// The names in a directory in byte order, without hidden ones.
    func names(in path: String) throws(HostCounterError) -> [String] {
        guard let directory = opendir(path) else { throw failure(path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: nameLengthLimit + 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            guard names.count < Self.directorySizeLimit else {
                throw error(path, .tooLarge(limit: Self.directorySizeLimit))
            }
            names.append(name)
        }
        return names.sorted()
    }

    /// The numbered entries of a directory such as `node0`, `node1`, in the order of their numbers.
    func numbered(_ prefix: String, in path: String) throws(HostCounterError) -> [(name: String, number: Int)] {
        var found: [(name: String, number: Int)] = []
        for name in try names(in: path) where name.hasPrefix(prefix) {
            guard let number = Int(name.dropFirst(prefix.count)), number >= 0 else { continue }
            found.append((name, number))
        }
        return found.sorted { $0.number < $1.number }
    }

    /// The last component of the target of a symbolic link; nil where the path is none.
    func linkName(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &target, target.count)
        guard count > 0, let text = String(validating: target[..<count], as: UTF8.self) else { return nil }
        return text.split(separator: "/").last.map { String($0) }
    }

    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private mutating func grow(_ path: String) throws(HostCounterError) {
        guard buffer.count < Self.fileSizeLimit else { throw error(path, .tooLarge(limit: Self.fileSizeLimit)) }
        buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }

    private func failure(_ path: String) -> HostCounterError {
        switch errno {
        case ENOENT, ENOTDIR, ENODEV: error(path, .absent)
        case EACCES, EPERM: error(path, .denied)
        case let number: error(path, .unreadable(number))
        }
    }
}

/// Linux's `NAME_MAX`: no device, sensor or file name is longer.
let nameLengthLimit = 255

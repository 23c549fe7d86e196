import Glibc

/// The folder of a spool: its names and what is done to whole files.
struct SpoolFolder {
    let path: String

    /// Makes the folder and those above it where they are missing; only the collector may look inside.
    init(_ path: String) throws(SpoolError) {
        self.path = path
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += prefix.isEmpty && !part.isEmpty ? String(part) : "/" + part
            if part.isEmpty || part == "." || part == ".." { continue }
            guard mkdir(prefix, 0o700) != 0, errno != EEXIST else { continue }
            throw SpoolError(code: errno, operation: "mkdir", path: prefix)
        }
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// The numbers of the segments, from the oldest.
    func segments() throws(SpoolError) -> [UInt64] {
        guard let directory = opendir(path) else { throw SpoolError(code: errno, operation: "opendir", path: path) }
        defer { closedir(directory) }
        var numbers: [UInt64] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(SpoolSegment.suffix),
                let number = UInt64(name.dropLast(SpoolSegment.suffix.count), radix: 16)
            {
                numbers.append(number)
            }
        }
        return numbers.sorted()
    }

    /// The text of a small file; nil where it is missing.
    func text(of name: String) throws(SpoolError) -> String? {
        do throws(SpoolError) {
            let file = try SpoolFile(file(name), flags: O_RDONLY)
            return String(decoding: try file.read(64, at: 0), as: UTF8.self)
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// Replaces a small file as a whole; a reader sees the old text or the new.
    func replace(_ name: String, with text: String, isDurable: Bool) throws(SpoolError) {
        let temporary = file(name + ".new")
        let written = try SpoolFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try written.write(Array(text.utf8), at: 0)
        if isDurable { try written.synchronize() }
        guard rename(temporary, file(name)) == 0 else {
            throw SpoolError(code: errno, operation: "rename", path: temporary)
        }
        if isDurable { try synchronize() }
    }

    func remove(_ name: String) throws(SpoolError) {
        guard unlink(file(name)) == 0 || errno == ENOENT else {
            throw SpoolError(code: errno, operation: "unlink", path: file(name))
        }
    }

    /// Makes sure that files made in the folder are still there after the machine lost power.
    func synchronize() throws(SpoolError) {
        let folder = try SpoolFile(path, flags: O_RDONLY | O_DIRECTORY)
        try folder.synchronize()
    }
}

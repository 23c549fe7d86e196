import Glibc

/// One mounted local file system and its size (`/proc/<pid>/mounts` and `statvfs`).
package struct Filesystem: Hashable, Sendable {
    package let device: String
    package let mountPoint: String
    package let type: String
    package let isReadOnly: Bool
    /// In bytes.
    package let size: UInt64
    package let free: UInt64
    /// What users other than root may still take.
    package let available: UInt64
    package let inodes: UInt64
    package let inodesFree: UInt64
}

extension Filesystem {
    /// File systems on local devices.
    ///
    /// Asking a network file system for its size can hang for ever in the kernel, and pseudo file systems have none, so
    /// that types are admitted by name.
    static let localTypes: Set<String> = [
        "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "gfs2", "jfs", "ntfs3", "ocfs2", "reiserfs",
        "vfat", "xfs", "zfs",
    ]

    /// The local file systems, each device once, at its first mount point.
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [Filesystem] {
        let path = tree.ofFirstProcess("/mounts", else: "/self/mounts")
        var scanner = try tree.lines(path)
        var mounts: [Mount] = []
        var seen: Set<String> = []
        while var line = scanner.line() {
            guard let mount = Mount(&line) else { throw tree.malformed(path, "device, mount point, type and options") }
            guard localTypes.contains(mount.type), seen.insert(mount.device).inserted else { continue }
            guard mounts.count < HostTree.directorySizeLimit else {
                throw tree.error(path, .tooLarge(limit: HostTree.directorySizeLimit))
            }
            mounts.append(mount)
        }
        var filesystems: [Filesystem] = []
        for mount in mounts {
            let filesystem = tree.attempt { tree throws(HostCounterError) in
                try measure(mount, &tree)
            }
            if let filesystem { filesystems.append(filesystem) }
        }
        return filesystems
    }

    private static func measure(_ mount: Mount, _ tree: inout HostTree) throws(HostCounterError) -> Filesystem {
        var status = statvfs()
        let path = tree.roots.filesystemPrefix + mount.point
        guard statvfs(path, &status) == 0 else { throw tree.error(path, .unreadable(errno)) }
        let block = UInt64(status.f_frsize)
        return Filesystem(
            device: mount.device, mountPoint: mount.point, type: mount.type, isReadOnly: mount.isReadOnly,
            size: UInt64(status.f_blocks) &* block, free: UInt64(status.f_bfree) &* block,
            available: UInt64(status.f_bavail) &* block, inodes: UInt64(status.f_files),
            inodesFree: UInt64(status.f_ffree))
    }
}

/// One line of the table of mounts.
private struct Mount {
    let device: String
    let point: String
    let type: String
    let isReadOnly: Bool

    init?(_ line: inout ByteScanner) {
        guard let device = line.word()?.text(), let point = line.word()?.text(), let type = line.word()?.text(),
            let options = line.word()?.text()
        else { return nil }
        self.device = Self.unescaped(device)
        self.point = Self.unescaped(point)
        self.type = type
        self.isReadOnly = options.split(separator: ",").contains("ro")
    }

    /// The kernel writes blanks, tabs, newlines and backslashes in names as three octal digits: `\040`.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let digits = bytes.dropFirst(index + 1).prefix(3)
            let code = digits.reduce(0) { $0 * 8 + Int($1) - 0x30 }
            let isEscape =
                bytes[index] == UInt8(ascii: "\\") && digits.count == 3
                && digits.allSatisfy { (0x30...0x37).contains($0) } && code <= 0xff
            result.append(isEscape ? UInt8(code) : bytes[index])
            index += isEscape ? 4 : 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}

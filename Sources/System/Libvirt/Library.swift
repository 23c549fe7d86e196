import CLibvirt
import Threading

/// The libvirt of this process: its initialisation and its event loop.
///
/// The loop has a thread of its own for as long as the process lives. Without it neither events nor libvirt's keep-alive
/// messages would be served, so it runs before the first connection is opened.
enum Library {
    private static let started: Result<ThreadExecutor, any Error> = Result { try start() }

    /// Starts what is not started yet; safe to call from any thread, and cheap from the second call on.
    static func load() throws(LibvirtError) {
        do {
            _ = try started.get()
        } catch let error as LibvirtError {
            throw error
        } catch {
            throw LibvirtError(
                code: .systemError, domain: LibvirtError.Domain(rawValue: 0), level: .error, message: "\(error)",
                operation: "start of the event loop")
        }
    }

    private static func start() throws -> ThreadExecutor {
        guard virInitialize() == 0 else { throw LibvirtError.last("virInitialize") }
        // The default handler prints every error to standard error; ours are thrown.
        virSetErrorFunc(nil) { _, _ in }
        guard virEventRegisterDefaultImpl() == 0 else { throw LibvirtError.last("virEventRegisterDefaultImpl") }
        let loop = try ThreadExecutor(name: "libvirt-events")
        loop.perform {
            // An iteration fails only where poll(2) does; the next one polls again what remains registered.
            while true { _ = virEventRunDefaultImpl() }
        }
        return loop
    }
}

import Glibc

/// Starting a thread of the system.
enum Thread {
    /// Linux keeps 15 bytes of a thread's name and the closing zero.
    private static let nameLimit = 15

    /// Starts a detached thread that runs `body` and ends with it.
    ///
    /// All signals are blocked in the thread, so that they are delivered where the process handles them.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadingError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        // A new thread inherits the mask of the one that makes it; setting it inside the thread would leave a gap.
        pthread_sigmask(SIG_BLOCK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, { Thread.main($0) }, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw ThreadingError(code: status, operation: "pthread_create")
        }
        pthread_detach(thread)
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { preconditionFailure("pthread_create passes on the pointer that it was given") }
        // SAFETY: retained once by `start(name:_:)` for this thread, which takes that reference over.
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        setName(start.name)
        start.body()
        return nil
    }

    /// Names the calling thread.
    ///
    /// Its file is used because Glibc shows `pthread_setname_np` to C programs only, on request. A name is for people
    /// who look: a system without `/proc` goes without.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        _ = write(file, name, min(name.utf8.count, nameLimit))
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}

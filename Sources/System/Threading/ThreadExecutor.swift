/// A serial executor over one thread of its own, for actors whose work blocks.
///
/// An actor that owns a C handle (a database session, a consumer, a hypervisor connection) keeps one of these and returns it
/// from `unownedExecutor`. Every call into the actor then runs on that thread, so blocking there stalls nobody else, and the
/// compiler proves that the handle is touched by one thread only.
///
/// The thread keeps the executor alive until `shutdown()`; whoever made the executor calls that exactly when no more work can
/// come, an actor in its `deinit`.
package final class ThreadExecutor: SerialExecutor {
    /// What the thread is called in `ps -L` and in a debugger.
    package let name: String
    private let queue = WorkQueue()

    /// Starts the thread.
    ///
    /// - Parameter name: a short name; the kernel keeps its first 15 bytes.
    /// - Throws: `ThreadingError` where the system refuses another thread.
    package init(name: String) throws(ThreadingError) {
        self.name = name
        try Thread.start(name: name) { self.serve() }
    }

    /// Puts a piece of an actor's work in the queue.
    ///
    /// Work after `shutdown()` is a programmer's error and stops the program: whoever awaits it would wait for ever.
    package func enqueue(_ job: consuming ExecutorJob) {
        queue.append(.job(UnownedJob(job)))
    }

    /// Runs `body` on the thread after all that is queued already, and does not wait for it.
    package func perform(_ body: @escaping @Sendable () -> Void) {
        queue.append(.closure(body))
    }

    /// Lets the thread end once the queued work is done; does not wait for that, so that it may be called on the thread itself.
    package func shutdown() {
        queue.close()
    }

    /// Lets `assumeIsolated` and `preconditionIsolated` recognise the thread.
    package func checkIsolated() {
        precondition(queue.isServedByCurrentThread, "Not on the thread of executor \(name)")
    }

    private func serve() {
        queue.claimForCurrentThread()
        while let work = queue.next() {
            switch work {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .closure(let body): body()
            }
        }
    }
}

import Glibc

/// The work of one thread, first in first out.
///
/// Any thread appends; one thread takes, and sleeps while there is none.
///
/// The queue has no limit of its own: what is in it are the steps of tasks that are waiting for exactly these steps, so that
/// its length is limited by the number of tasks.
final class WorkQueue: @unchecked Sendable {
    enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    // SAFETY: every stored property below is read and written only between `lock()` and `unlock()`; the two pointers are
    // allocated in `init`, never change, and are freed in `deinit`, when no thread holds a reference any more.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var incoming: [Work] = []
    /// Taken from `incoming` in one piece, last first, so that taking the next one is `popLast`.
    private var reversed: [Work] = []
    private var isClosed = false
    private var thread: pthread_t?

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrival, nil)
    }

    deinit {
        pthread_cond_destroy(arrival)
        pthread_mutex_destroy(mutex)
        arrival.deallocate()
        mutex.deallocate()
    }

    func append(_ work: Work) {
        locked {
            precondition(!isClosed, "Work for an executor that was shut down")
            incoming.append(work)
            pthread_cond_signal(arrival)
        }
    }

    func close() {
        locked {
            isClosed = true
            pthread_cond_signal(arrival)
        }
    }

    /// The next piece of work; waits for it.
    ///
    /// Nil once the queue is closed and empty.
    func next() -> Work? {
        locked {
            while reversed.isEmpty && incoming.isEmpty && !isClosed {
                pthread_cond_wait(arrival, mutex)
            }
            if reversed.isEmpty {
                reversed = incoming.reversed()
                incoming.removeAll(keepingCapacity: true)
            }
            return reversed.popLast()
        }
    }

    func claimForCurrentThread() {
        locked { thread = pthread_self() }
    }

    var isServedByCurrentThread: Bool {
        locked { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

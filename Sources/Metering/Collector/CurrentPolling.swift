package import ServiceKit
import Synchronization

/// The polling definition in force, and which of its sources have a loop.
///
/// A reload starts loops for sources that are new; the loop of one that is gone ends at its next tick. A source that stayed
/// as it was keeps its loop, and with it its cadence.
package final class CurrentPolling: Sendable {
    private let state: Mutex<State>
    /// Yields when sources were added that have no loop yet; once at the start.
    let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    private struct State {
        var definition: PollingDefinition
        var running: Set<PollingSource> = []
    }

    package init(_ definition: PollingDefinition) {
        state = Mutex(State(definition: definition))
        (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        change.yield()
    }

    package var definition: PollingDefinition { state.withLock { $0.definition } }

    /// Puts another definition in force.
    package func replace(with definition: PollingDefinition) {
        state.withLock { $0.definition = definition }
        change.yield()
    }

    /// Reads the file again on SIGHUP; a bad file is refused and the old definition stays.
    package func reloadable(file: String) -> Reloadable {
        Reloadable("polling") { [self] in
            let definition = try PollingDefinition(file: file)
            return { self.replace(with: definition) }
        }
    }

    /// The sources that need a loop, which are from now on taken to have one.
    func startable() -> [PollingSource] {
        state.withLock { state in
            state.definition.sources.filter { state.running.insert($0).inserted }
        }
    }

    /// Whether the loop of this source is to end; it has none from then on.
    func retires(_ source: PollingSource) -> Bool {
        state.withLock { state in
            guard !state.definition.sources.contains(source) else { return false }
            state.running.remove(source)
            return true
        }
    }
}

package import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Something that can be read again while the daemon runs: pipelines, definitions, alarm rules.
package struct Reloadable: Sendable {
    package let name: String
    /// Reads and checks everything, changes nothing, and returns the swap that puts it in force.
    package let prepare: @Sendable () async throws -> @Sendable () -> Void

    package init(_ name: String, prepare: @escaping @Sendable () async throws -> @Sendable () -> Void) {
        self.name = name
        self.prepare = prepare
    }
}

/// Reloads on SIGHUP: everything is read and checked first, and only when all of it is good is any of it swapped.
///
/// A bad file is logged with its reasons and counted, and the old one stays in force.
package struct ReloadService: Service {
    private let reloadables: [Reloadable]
    private let instruments: ReloadInstruments
    private let logger: Logger

    package init(_ reloadables: [Reloadable], instruments: ReloadInstruments, logger: Logger) {
        self.reloadables = reloadables
        self.instruments = instruments
        self.logger = logger
    }

    package func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }

    /// One reload; true when the new files are in force.
    @discardableResult
    package func reload() async -> Bool {
        var swaps: [@Sendable () -> Void] = []
        for reloadable in reloadables {
            do {
                swaps.append(try await reloadable.prepare())
            } catch {
                instruments.reloads[.refused].add()
                logger.error(
                    "Reload refused, the old files stay in force", error: error,
                    metadata: ["reload.name": "\(reloadable.name)"])
                return false
            }
        }
        for swap in swaps { swap() }
        instruments.reloads[.applied].add()
        logger.notice("Reloaded", metadata: ["reload.names": "\(reloadables.map(\.name).joined(separator: ","))"])
        return true
    }
}

package struct ReloadInstruments: Sendable {
    package let reloads: Counters<Outcome>

    package init(in registry: InstrumentRegistry) {
        reloads = registry.counters(
            "nephod_reloads_total", help: "Reloads asked for by SIGHUP, by what came of them.", by: Outcome.self)
    }

    package enum Outcome: String, InstrumentLabel {
        package static let label = "outcome"
        case applied, refused
    }
}

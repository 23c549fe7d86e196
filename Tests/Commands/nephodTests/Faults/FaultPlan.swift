import TestKit

/// What is done to the system, and when: decided by a seed alone, so that a run that failed can be run again.
struct FaultPlan: Sendable, CustomStringConvertible {
    /// What happens to a part; each is mended before the next.
    enum Fault: Hashable, Sendable, CaseIterable {
        case killIngester, stopIngester, killDatabase, restartDatabase, restartBroker
        case resetDatabase, stallDatabase, slowDatabase, truncateDatabase
        case resetBroker, stallBroker, slowBroker, truncateBroker
    }

    struct Step: Sendable {
        let fault: Fault
        /// Which of the ingesters, where one is meant.
        let ingester: Int
        /// Messages that are acknowledged before it.
        let afterMessages: Int
        let milliseconds: Int
    }

    let seed: UInt64
    let steps: [Step]

    /// Every fault comes once in each round, in an order of its own.
    init(seed: UInt64, rounds: Int, messages: Int, ingesters: Int) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        let faults = (0..<rounds).flatMap { _ in Fault.allCases.shuffled(using: &random) }
        steps = faults.enumerated().map { number, fault in
            Step(
                fault: fault, ingester: Int.random(in: 0..<ingesters, using: &random),
                afterMessages: messages * (number + 1) / (faults.count + 1),
                milliseconds: Int.random(in: 100...1_500, using: &random))
        }
    }

    var description: String {
        "seed \(seed): " + steps.map { "\($0.fault)/\($0.ingester) at \($0.afterMessages) for \($0.milliseconds) ms" }
            .joined(separator: ", ")
    }
}

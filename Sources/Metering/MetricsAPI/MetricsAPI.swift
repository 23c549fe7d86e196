package import Postgres
package import ServiceKit

/// What the handlers need: the database, the time, the prices, and how far ingestion has come.
package struct MetricsAPI: Sendable {
    let pool: Pool
    let clock: WallClock
    let prices: PriceBook
    let progress: IngestProgress

    package init(pool: Pool, clock: WallClock, prices: PriceBook, progress: IngestProgress) {
        self.pool = pool
        self.clock = clock
        self.prices = prices
        self.progress = progress
    }

    /// Runs a question in one read-only transaction, so that all its statements see the same data.
    func read<Answer: Sendable>(_ body: @Sendable (isolated Session) throws -> Answer) async throws -> Answer {
        try await pool.transaction(isolation: .repeatableRead, readOnly: true, body)
    }
}

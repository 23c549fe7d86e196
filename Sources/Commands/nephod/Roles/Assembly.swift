import APIKit
import Alarming
import Collector
import Ingestion
import Kafka
import Libvirt
import Logging
import MetricStore
import MetricsAPI
import Postgres
import ServiceKit
import ServiceLifecycle
import Weighing

/// Puts a process together from the roles that it runs.
///
/// First everything is read and checked (`add`), so that a bad file ends the program before a socket opens; then the
/// services are made, each with its own logger. What roles share exists once: pool, instruments, clock.
struct Assembly {
    private let config: NephodConfig
    private let files: PipelineFiles
    private let registry = InstrumentRegistry()
    private let clock = WallClock.system
    private var reloadables: [Reloadable] = []
    private var token: OperatorToken?
    private var prices: PriceBook?
    private var rules: CurrentRules?
    private var polling: CurrentPolling?
    private var alarms: AlarmRules?

    init(_ config: NephodConfig) {
        self.config = config
        self.files = PipelineFiles(config)
    }

    /// Reads the files that the roles need.
    mutating func add(_ roles: Set<Role>) throws {
        if roles.contains(.collector) {
            let polling = CurrentPolling(try files.polling())
            reloadables.append(polling.reloadable(file: config.collector.pollingFile))
            self.polling = polling
        }
        if roles.contains(.ingestion) {
            let rules = CurrentRules(try files.ingestionRules())
            reloadables.append(
                Reloadable("definitions and policies") { [files] in
                    let new = try files.ingestionRules()
                    return { rules.replace(by: new) }
                })
            self.rules = rules
        }
        if roles.contains(.ingestion) || roles.contains(.alarming) {
            let alarms = AlarmRules(try files.alarms())
            reloadables.append(
                Reloadable("alarms") { [files] in
                    let new = try files.alarms()
                    return { alarms.replace(with: new) }
                })
            self.alarms = alarms
        }
        if roles.contains(.api) {
            let prices = try files.prices()
            let token = try OperatorToken(file: config.api.tokenFile)
            reloadables += [prices.reloadable, token.reloadable]
            self.prices = prices
            self.token = token
        }
    }

    /// The services of the roles, in the order in which they start; they stop in the opposite order.
    func services(_ roles: Set<Role>) throws -> [any Service] {
        ProcessInstruments.declare(in: registry)
        var services: [any Service] = []
        var routes = [metricsRoute]
        var checks: [ReadinessCheck] = []
        if roles.contains(where: \.needsDatabase) {
            let pool = try Pool(config.database.pool, logger: Logger(label: "postgres"))
            let admin = try Admin(config.kafka.client("admin"))
            let gate = try SchemaGate(pool: pool, logger: Logger(label: "schema"))
            declareOccupancy(of: pool)
            checks = ReadinessChecks.all(pool: pool, admin: admin)
            services.append(PoolKeeper(pool: pool))
            if let prices {
                let progress = IngestProgress(pool: pool, admin: admin, clock: clock, logger: Logger(label: "progress"))
                services.append(gate.guarding(progress))
                routes += MetricsAPI(pool: pool, clock: clock, prices: prices, progress: progress).routes
            }
            services += try databaseServices(roles, pool, gate)
        }
        if let polling { services.append(try collector(polling)) }
        if roles.contains(.weighing) { services.append(weighing) }
        services.append(
            ReloadService(reloadables, instruments: ReloadInstruments(in: registry), logger: Logger(label: "reload")))
        let server = APIServer(
            config.api, routes: routes + HealthHandlers(checks: checks).routes, token: token,
            instruments: APIInstruments(in: registry), logger: Logger(label: "api"))
        return [server] + services
    }

    private func databaseServices(_ roles: Set<Role>, _ pool: Pool, _ gate: SchemaGate) throws -> [any Service] {
        var services: [any Service] = []
        let alarming = alarms.map { rules in
            AlarmEvaluation(rules: rules, store: AlarmStore(), lag: config.alarming.silenceLag)
        }
        if let rules {
            services.append(gate.guarding(ingestion(rules, pool, alarming)))
        }
        if roles.contains(.compaction) {
            services.append(
                gate.guarding(
                    CompactionService(
                        pool: pool, config: config.compaction, clock: clock,
                        instruments: CompactionInstruments(in: registry),
                        logger: Logger(label: "compaction"))))
        }
        if roles.contains(.alarming), let alarming {
            let instruments = AlarmingInstruments(in: registry)
            let logger = Logger(label: "alarming")
            services.append(
                gate.guarding(
                    SilenceService(
                        alarming, pool: pool, clock: clock, interval: config.alarming.silenceInterval,
                        retention: config.alarming.retention, instruments: instruments, logger: logger)))
            services.append(
                gate.guarding(
                    ActionDeliveryService(
                        config.alarming.delivery, pool: pool, clock: clock, instruments: instruments,
                        logger: logger)))
        }
        return services
    }

    private func ingestion(_ rules: CurrentRules, _ pool: Pool, _ alarming: AlarmEvaluation?) -> IngestionService {
        let store = IngestStore(
            pool: pool, consumerGroup: config.ingestion.group, rules: rules, clock: clock,
            observers: alarming.map { [$0.observer(clock: clock)] } ?? [])
        return IngestionService(
            config.ingestion.settings(config.kafka.client("ingestion")), store: store, rules: rules,
            instruments: IngestionInstruments(in: registry), logger: Logger(label: "ingestion"))
    }

    private func collector(_ polling: CurrentPolling) throws -> CollectorService {
        let logger = Logger(label: "collector")
        let settings = config.collector.settings
        let sink = KafkaSink(
            topic: settings.topic, settings: ProducerSettings(client: config.kafka.client("collector")), logger: logger)
        return try CollectorService(
            settings, polling: polling, source: Hypervisor(uri: settings.hypervisor), sink: sink,
            instruments: CollectorInstruments(in: registry), logger: logger)
    }

    private var weighing: WeighingService {
        let settings = WeighingSettings(
            client: config.kafka.client("weighing"), group: config.weighing.group,
            samplesTopic: config.ingestion.samplesTopic, hostLoadTopic: config.weighing.topic,
            partitions: config.weighing.partitions, smoothing: config.weighing.smoothing,
            forgetAfter: config.weighing.forgetAfter)
        return WeighingService(
            settings, clock: clock, instruments: WeighingInstruments(in: registry), logger: Logger(label: "weighing"))
    }

    /// Self-telemetry is open, as scrapers expect it; it holds numbers, and names of topics and hosts.
    private var metricsRoute: Route {
        .get("/metrics", access: .open) { [registry] _ in
            .text(registry.exposition(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private func declareOccupancy(of pool: Pool) {
        registry.readGauge("postgres_sessions_in_use", help: "Database sessions in use.") {
            Double(pool.occupancy.inUse)
        }
        registry.readGauge("postgres_sessions_idle", help: "Database sessions that wait for work.") {
            Double(pool.occupancy.idle)
        }
        registry.readGauge("postgres_session_waiters", help: "Tasks that wait for a database session.") {
            Double(pool.occupancy.waiting)
        }
    }
}

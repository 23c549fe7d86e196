import Alarming
import Alarms
import APIKit
import Collector
import Compaction
import Ingestion
import Kafka
import Libvirt
import Logging
import MetricsAPI
import MetricStore
import Notifications
import Postgres
import ServiceKit
import ServiceLifecycle
import Weighing

/// The one place where services are wired: reads what the roles need, and makes their services.
///
/// Everything that can be wrong with files is found in `init`, before a socket is opened.
struct Daemon {
    private let config: DaemonConfig
    private let roles: [Role]
    private let clock = WallClock.system
    private let registry = InstrumentRegistry()
    private let logger: Logger
    private let rules: CurrentRules?
    private let polling: CurrentPolling?
    private let alarms: AlarmRules?
    private let prices: PriceBook?
    private let token: OperatorToken?
    private let pool: Pool?
    /// Slow questions of people must not hold up ingestion, compaction and alarms, so the API's sessions are its own.
    private let questionPool: Pool?
    private let instruments: APIInstruments

    /// The roles that work with the database.
    private static let databaseRoles: Set<Role> = [.ingestion, .compaction, .api, .alarming]
    /// The roles that work with the broker.
    private static let brokerRoles: Set<Role> = [.collector, .ingestion, .api, .weighing]
    private static let closeLimit = Duration.seconds(2)
    /// A broker that takes longer to describe its topics is not there; the thread that asks is kept for so long.
    private static let brokerPatience = Duration.seconds(3)

    init(_ config: DaemonConfig, roles: [Role], logger: Logger) throws {
        self.config = config
        self.roles = roles
        self.logger = logger
        rules = roles.contains(.ingestion) ? CurrentRules(try config.definitions.rules()) : nil
        polling =
            roles.contains(.collector) ? CurrentPolling(try PollingDefinition(file: config.collector.pollingFile)) : nil
        let judges = roles.contains(.ingestion) || roles.contains(.alarming)
        alarms = judges ? AlarmRules(try Self.alarmRules(config.alarming)) : nil
        prices = roles.contains(.api) ? try PriceBook(file: config.definitions.prices) : nil
        token = roles.contains(.api) ? try OperatorToken(file: config.api.tokenFile) : nil
        let needsDatabase = !Self.databaseRoles.isDisjoint(with: roles)
        pool = needsDatabase ? try Pool(config.database.pool, logger: Logger(label: "database")) : nil
        questionPool =
            roles.contains(.api)
            ? try Pool(
                config.database.questionPool(deadline: config.api.server.requestDeadline),
                logger: Logger(label: "database")) : nil
        instruments = APIInstruments(in: registry)
    }

    /// The services of the roles, and those of the process itself, in the order in which they start.
    func services() throws -> [any Service] {
        ProcessInstruments.declare(in: registry, clock: clock)
        if let rules { Self.report(rules.value.remarks, to: logger) }
        let readiness = ReadinessMonitor(checks: try readinessChecks())
        let health = HealthHandlers(readiness)
        var services: [any Service] = [
            readiness,
            ReloadService(reloadables, instruments: ReloadInstruments(in: registry), logger: Logger(label: "reload")),
            APIServer(
                config.monitoring.server, routes: health.probes + [registry.route], token: nil,
                instruments: instruments, logger: Logger(label: "monitoring")),
        ]
        if let polling { services.append(try collector(polling)) }
        if roles.contains(.weighing) { services.append(try weighing()) }
        if let pool {
            services.append(
                SchemaBoundServices(services: try databaseServices(pool, health), pool: pool, logger: logger))
        }
        return services
    }

    func close() async {
        async let questions: Void? = questionPool?.close(within: Self.closeLimit)
        await pool?.close(within: Self.closeLimit)
        await questions
    }

    private func databaseServices(_ pool: Pool, _ health: HealthHandlers) throws -> [any Service] {
        var services: [any Service] = []
        if deliversAlarms { services += try alarmServices() }
        if let rules { services.append(try ingestion(rules, pool)) }
        if roles.contains(.compaction) {
            services.append(
                CompactionService(
                    config.compaction, pool: pool, clock: clock, instruments: CompactionInstruments(in: registry),
                    logger: Logger(label: "compaction")))
        }
        if let prices, let token, let questionPool {
            services += try api(prices, token, pool, questionPool, health)
        }
        return services
    }

    private func readinessChecks() throws -> [ReadinessCheck] {
        var checks: [ReadinessCheck] = []
        if let pool { checks += ReadinessCheck.database(pool) }
        if !Self.brokerRoles.isDisjoint(with: roles) {
            checks.append(
                .broker(try Admin(try config.kafka.client("nephod-readiness"), timeout: Self.brokerPatience)))
        }
        return checks
    }

    private var deliversAlarms: Bool { roles.contains(.alarming) }

    private var reloadables: [Reloadable] {
        let (config, logger) = (config, logger)
        var reloadables: [Reloadable] = []
        if let polling { reloadables.append(polling.reloadable(file: config.collector.pollingFile)) }
        if let alarms {
            reloadables.append(
                Reloadable("alarm rules") {
                    let new = try Self.alarmRules(config.alarming)
                    return { alarms.replace(with: new) }
                })
        }
        if let prices { reloadables.append(prices.reloadable) }
        if let token { reloadables.append(token.reloadable) }
        // The last one, because its preparation stores new archive policies: nothing after it can refuse the reload.
        if let rules, let pool {
            reloadables.append(
                Reloadable("definitions") {
                    let new = try config.definitions.rules()
                    try await new.registerPolicies(in: pool)
                    Self.report(new.remarks, to: logger)
                    return { rules.replace(by: new) }
                })
        }
        return reloadables
    }

    private static func report(_ remarks: [String], to logger: Logger) {
        for remark in remarks { logger.warning("A definition is without effect", metadata: ["remark": "\(remark)"]) }
    }

    private static func alarmRules(_ config: AlarmingConfig) throws -> [AlarmRule] {
        try AlarmRuleFile.read(file: config.rules, allowing: config.delivery.hosts)
    }

    private func evaluation(_ rules: AlarmRules) -> AlarmEvaluation {
        AlarmEvaluation(rules: rules, store: AlarmStore(), lag: config.alarming.silenceLag)
    }

    private func ingestion(_ rules: CurrentRules, _ pool: Pool) throws -> IngestionService {
        let settings = config.ingestion.settings(try config.kafka.client("nephod-ingestion"))
        let observers = alarms.map { [evaluation($0).observer(clock: clock)] } ?? []
        let store = IngestStore(
            pool: pool, consumerGroup: settings.group, rules: rules, clock: clock, observers: observers)
        return IngestionService(
            settings, store: store, rules: rules, instruments: IngestionInstruments(in: registry),
            logger: Logger(label: "ingestion"))
    }

    private func alarmServices() throws -> [any Service] {
        guard let alarms, let pool else { return [] }
        let instruments = AlarmingInstruments(in: registry)
        let logger = Logger(label: "alarming")
        return [
            ActionDeliveryService(
                config.alarming.delivery, pool: pool, clock: clock, instruments: instruments, logger: logger),
            SilenceService(
                evaluation(alarms), pool: pool, clock: clock, interval: config.alarming.silenceInterval,
                retention: config.alarming.retention, instruments: instruments, logger: logger),
        ]
    }

    private func collector(_ polling: CurrentPolling) throws -> CollectorService {
        let settings = config.collector.settings
        let logger = Logger(label: "collector")
        let producer = ProducerSettings(client: try config.kafka.client("nephod-collector"))
        return try CollectorService(
            settings, polling: polling, source: Hypervisor(uri: settings.hypervisor),
            sink: KafkaSink(topic: settings.topic, settings: producer, logger: logger),
            instruments: CollectorInstruments(in: registry), logger: logger)
    }

    private func weighing() throws -> WeighingService {
        let section = config.weighing
        let settings = WeighingSettings(
            client: try config.kafka.client("nephod-weighing"), group: section.group,
            samplesTopic: config.ingestion.samplesTopic, hostLoadTopic: section.topic, partitions: section.partitions,
            smoothing: section.smoothing, forgetAfter: section.forgetAfter)
        return WeighingService(
            settings, clock: clock, instruments: WeighingInstruments(in: registry), logger: Logger(label: "weighing"))
    }

    private func api(
        _ prices: PriceBook, _ token: OperatorToken, _ pool: Pool, _ questionPool: Pool, _ health: HealthHandlers
    ) throws -> [any Service] {
        let logger = Logger(label: "api")
        let admin = try Admin(try config.kafka.client("nephod-api"))
        let progress = IngestProgress(pool: pool, admin: admin, clock: clock, logger: logger)
        let metrics = MetricsAPI(pool: questionPool, clock: clock, prices: prices, progress: progress)
        let routes = health.routes + [registry.route] + metrics.routes
        return [
            progress,
            APIServer(
                config.api.server, routes: routes, token: token, instruments: instruments, logger: logger),
        ]
    }
}

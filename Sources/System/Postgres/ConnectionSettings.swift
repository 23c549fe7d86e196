/// How sessions reach the server.
package struct ConnectionSettings: Hashable, Sendable {
    /// libpq's connection string: a URL (`postgresql://…`) or `keyword=value` pairs.
    ///
    /// May hold a password: not to be logged.
    package var url: String
    /// What `pg_stat_activity` shows.
    package var applicationName: String
    /// How long one attempt to connect may take, per address; whole seconds, at least two (libpq's own limit).
    package var connectTimeout: Duration
    /// The server ends a statement that takes longer; nil for none.
    package var statementTimeout: Duration?
    /// The server ends a session that leaves a transaction idle for longer; nil for none.
    ///
    /// Transactions here are synchronous closures, so that an idle one is a program that hangs.
    package var idleTransactionTimeout: Duration?

    package static let defaultConnectTimeout = Duration.seconds(5)
    package static let defaultIdleTransactionTimeout = Duration.seconds(60)
    /// A peer that vanished without a word is noticed after about this time.
    private static let unansweredLimit = Duration.seconds(30)

    package init(
        url: String, applicationName: String, connectTimeout: Duration = defaultConnectTimeout,
        statementTimeout: Duration? = nil, idleTransactionTimeout: Duration? = defaultIdleTransactionTimeout
    ) {
        self.url = url
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.idleTransactionTimeout = idleTransactionTimeout
    }

    /// libpq's parameters.
    ///
    /// The later ones win over the same ones inside of `url`, which comes first as `dbname`.
    var parameters: [(name: String, value: String)] {
        var options = "-c TimeZone=UTC -c DateStyle=ISO -c lc_messages=C"
        if let statementTimeout { options += " -c statement_timeout=\(statementTimeout.wholeMilliseconds)" }
        if let idleTransactionTimeout {
            options += " -c idle_in_transaction_session_timeout=\(idleTransactionTimeout.wholeMilliseconds)"
        }
        return [
            ("dbname", url),
            ("application_name", applicationName),
            ("client_encoding", "UTF8"),
            ("connect_timeout", String(max(2, connectTimeout.components.seconds))),
            ("tcp_user_timeout", String(Self.unansweredLimit.wholeMilliseconds)),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "4"),
            ("options", options),
        ]
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}

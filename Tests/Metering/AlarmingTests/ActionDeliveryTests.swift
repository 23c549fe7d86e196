import Alarms
import JSON
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@testable import Alarming

/// Webhooks called from the table of actions, on a real database and a real listener.
@Suite(.timeLimit(.minutes(2))) struct ActionDeliveryTests {
    @Test("an action is POSTed once, with Aodh's body and a key that marks repetitions")
    func body() async throws {
        try await WebhookListener.run { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                let id = try await fixture.alarms()[0].id
                try await fixture.delivering {
                    try await eventually("the action is delivered") { try await fixture.backlog() == 0 }
                }
                #expect(listener.requests.count == 1)
                let request = try #require(listener.requests.first)
                #expect(
                    request.body == """
                        {"alarm_name":"host-busy","alarm_id":"\(id)","severity":"critical",\
                        "previous":"insufficient data","current":"alarm",\
                        "reason":"Transition to alarm due to 1 samples outside threshold, most recent: 95.0",\
                        "reason_data":{"type":"threshold","disposition":"outside","count":1,"most_recent":95.0,\
                        "resource_id":"compute-7","meter":"hardware.cpu.util"}}
                        """)
                #expect(request.headers["content-type"] == "application/json")
                let key = try #require(request.headers["idempotency-key"])
                #expect(request.headers["x-openstack-request-id"] == "req-" + key)
            }
        }
    }

    @Test("a change that was committed before a crash is told afterwards")
    func crashBeforeDelivery() async throws {
        try await WebhookListener.run { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                // Nobody delivers while the change is committed: the process is gone.
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                #expect(listener.requests.isEmpty)
                try await fixture.delivering {
                    try await eventually("the action is delivered") { try await fixture.backlog() == 0 }
                }
                #expect(listener.requests.count == 1)
            }
        }
    }

    @Test("an action whose deliverer died after the call is told again under the same key when its lease ends")
    func crashDuringDelivery() async throws {
        try await WebhookListener.run { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                let lost = try await fixture.pool.transaction { db in
                    try AlarmActionStore().claim(limit: 10, lease: .milliseconds(300), in: db)
                }
                let webhook = Webhook(hosts: AllowedHosts(["127.0.0.1:*"]), timeout: .seconds(2))
                try await webhook.post(try #require(lost.first))
                try await webhook.close()
                #expect(listener.requests.count == 1)
                try await fixture.delivering {
                    try await eventually("the action is delivered") { try await fixture.backlog() == 0 }
                }
                #expect(listener.requests.count == 2)
                #expect(Set(listener.requests.map(\.headers["idempotency-key"])) == [lost[0].id])
                #expect(Set(listener.requests.map(\.body)).count == 1)
            }
        }
    }

    @Test("a receiver that does not answer takes its own places and holds up no other")
    func slowReceiver() async throws {
        try await WebhookListener.run(answering: [.silence]) { silent, silentURL in
            try await WebhookListener.run { listener, url in
                let silentRules = (0..<2 * DeliveryWindow.limit).map {
                    AlarmFixture.rule(AlarmName("a\($0)"), url: silentURL)
                }
                try await AlarmFixture.run(silentRules + [AlarmFixture.rule("z", url: url)]) { fixture in
                    try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                    try await fixture.delivering(timeout: .seconds(8)) {
                        try await eventually("the other receiver is told") { listener.requests.count == 1 }
                        #expect(silent.requests.count <= DeliveryWindow.addressLimit)
                    }
                }
            }
        }
    }

    @Test("places are counted in all and by address")
    func window() {
        var window = DeliveryWindow()
        for _ in 0..<3 { window.enter("a") }
        window.enter("b")
        #expect(window.free == DeliveryWindow.limit - 4)
        #expect(window.rooms == ["a": DeliveryWindow.addressLimit - 3, "b": DeliveryWindow.addressLimit - 1])
        window.leave("b")
        window.leave("c")
        #expect(window.count == 3 && window.rooms["b"] == nil)
    }

    @Test(
        "a webhook that answers with errors, redirects or not at all is called again until it accepts",
        arguments: [
            [WebhookListener.Answer.status(500), .status(503), .status(200)], [.status(404), .status(204)],
            [.status(302), .status(200)], [.silence, .status(200)],
        ])
    func retries(_ answers: [WebhookListener.Answer]) async throws {
        try await WebhookListener.run(answering: answers) { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                try await fixture.delivering(timeout: .milliseconds(500)) {
                    try await eventually("the action is delivered") { try await fixture.backlog() == 0 }
                }
                #expect(listener.requests.count == answers.count)
                #expect(Set(listener.requests.map(\.headers["idempotency-key"])).count == 1)
                #expect(listener.requests.allSatisfy { $0.uri == "/hook" })
            }
        }
    }

    @Test("several deliverers make no duplicate while they are up")
    func noDuplicates() async throws {
        try await WebhookListener.run { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                let hosts = (0..<100).map { number in
                    AlarmFixture.sample(
                        95, at: 0, of: .init(id: ResourceID("host-\(number)"), type: "host", projectID: nil))
                }
                try await fixture.judge(hosts)
                try await fixture.delivering(3) {
                    try await eventually("all actions are delivered") { try await fixture.backlog() == 0 }
                }
                #expect(listener.requests.count == 100)
                #expect(Set(listener.requests.map(\.headers["idempotency-key"])).count == 100)
            }
        }
    }

    @Test("the changes of one alarm arrive in their order, though the first one fails at first")
    func order() async throws {
        try await WebhookListener.run(answering: [.status(500), .status(500), .status(200)]) { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                try await fixture.judge([AlarmFixture.sample(5, at: 60)], now: 60)
                try await fixture.delivering(2) {
                    try await eventually("all actions are delivered") { try await fixture.backlog() == 0 }
                }
                let states = try listener.requests.map { try JSONValue(parsing: $0.body)["current"]?.string }
                #expect(states == ["alarm", "alarm", "alarm", "ok"])
            }
        }
    }

    @Test("an action that could not be delivered for too long, or whose host is no longer allowed, is given up")
    func abandonment() async throws {
        try await WebhookListener.run(answering: [.status(500)]) { listener, url in
            try await AlarmFixture.run([AlarmFixture.rule(url: url)]) { fixture in
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                try await fixture.delivering(abandonAfter: .milliseconds(100)) {
                    try await eventually("the action is given up") { try await fixture.backlog() == 0 }
                }
                let calls = listener.requests.count
                try await fixture.judge([AlarmFixture.sample(5, at: 60)], now: 60)
                try await fixture.delivering(allowing: AllowedHosts(["other.example.org"])) {
                    try await eventually("the action is refused") { try await fixture.backlog() == 0 }
                }
                #expect(listener.requests.count == calls)
            }
        }
    }

    @Test("the wait after a failure doubles up to its limit, and is spread")
    func delays() {
        let delays = RetryDelays(first: .seconds(1), longest: .seconds(300))
        let waits = [1, 2, 3, 9, 10, 1000].map { delays.delay(afterAttempts: $0, spread: 1) }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(256), .seconds(300), .seconds(300)])
        #expect(delays.delay(afterAttempts: 3, spread: 0) == .seconds(2))
    }
}

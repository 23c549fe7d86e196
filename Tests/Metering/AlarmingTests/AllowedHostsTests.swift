import Testing

@testable import Alarming

/// Which webhooks may be called.
@Suite struct AllowedHostsTests {
    private let hosts = AllowedHosts([
        "hooks.example.org", "*.pager.example", "10.0.0.5:8080", "[2001:db8::5]:9000", "any.example:*",
    ])

    @Test(
        "plain URLs of allowed hosts pass",
        arguments: [
            "http://hooks.example.org/a?b=c", "https://HOOKS.example.org", "https://eu.pager.example/x",
            "http://10.0.0.5:8080/", "http://[2001:db8::5]:9000/x", "http://any.example:31000/", "https://any.example/",
        ])
    func allowed(_ url: String) throws {
        #expect(throws: Never.self) { try hosts.check(url) }
    }

    @Test(
        "everything else is refused",
        arguments: [
            "ftp://hooks.example.org/", "file:///etc/passwd", "log://", "hooks.example.org", "", "http://", "http:///x",
            "http://user@hooks.example.org/", "http://user:secret@hooks.example.org/",
            "http://hooks.example.org@169.254.169.254/", "http://hooks.example.org:8080/", "http://hooks.example.org./",
            "http://evil-hooks.example.org/", "http://hooks.example.org.evil.test/", "http://pager.example/",
            "http://10.0.0.5/", "http://10.0.0.5:80/", "http://0x0a.0.0.5:8080/", "http://167772165:8080/",
            "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:10.0.0.5]:8080/",
            "http://169.254.169.254/latest/meta-data", "http://hooks.example.org\\@evil.test/",
            "http://evil.test#@hooks.example.org/", "http://hooks.example.org/\r\nHost: evil.test",
            "http://hooks.example.org%2eevil.test/", "//hooks.example.org/", "https://hooks.example.org:443:80/",
        ])
    func refused(_ url: String) {
        #expect(throws: WebhookRefusal.self) { try hosts.check(url) }
    }

    @Test(
        "an entry is a host or a pattern, with or without a port",
        arguments: [
            ("", false), ("http://a.example", false), ("a.example/x", false), ("a.example:", false),
            ("a.example:0", false),
            ("a.example:70000", false), ("[::1", false), ("[::1]x", false), ("*", true), ("A.example:*", true),
            ("[::1]", true),
        ])
    func entries(_ text: String, isGood: Bool) {
        #expect((AllowedHost(text) != nil) == isGood)
    }

    @Test("without entries nothing is allowed")
    func nothing() {
        #expect(throws: WebhookRefusal.self) { try AllowedHosts([]).check("https://hooks.example.org/") }
    }
}

import Glibc

/// The addresses of the real servers that tests use, as `ops/test` exports them.
package enum TestEnvironment {
    /// Connection string of a PostgreSQL superuser, on a server where tests create their own databases.
    package static var postgres: String { get throws { try value(of: "NEPHO_TEST_POSTGRES") } }

    /// Bootstrap servers of a Kafka-protocol broker, on which tests create their own topics.
    package static var kafka: String { get throws { try value(of: "NEPHO_TEST_KAFKA") } }

    /// URI of a hypervisor with real guests, such as `qemu:///system`.
    package static var libvirt: String { get throws { try value(of: "NEPHO_TEST_LIBVIRT") } }

    package static func value(of name: String) throws -> String {
        guard let text = getenv(name), text.pointee != 0 else { throw VariableUnset(name: name) }
        return String(cString: text)
    }

    /// A test was started without the servers that it needs.
    package struct VariableUnset: Error, CustomStringConvertible {
        package let name: String

        package var description: String {
            "\(name) is not set: run the tests by ops/test, which starts the servers and exports their addresses"
        }
    }
}

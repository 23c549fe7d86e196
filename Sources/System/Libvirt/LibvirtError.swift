import CLibvirt

/// A failed call of libvirt, with libvirt's own words.
package struct LibvirtError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong (`virErrorNumber`); an open set, as libvirt adds numbers.
    package let code: Code
    /// The part of libvirt that reports it (`virErrorDomain`).
    package let domain: Domain
    /// Whether libvirt calls it a warning or an error.
    package let level: Level
    package let message: String
    /// The call that failed, such as `virConnectOpen`.
    package let operation: String

    package init(code: Code, domain: Domain, level: Level, message: String, operation: String) {
        self.code = code
        self.domain = domain
        self.level = level
        self.message = message
        self.operation = operation
    }

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let noDomain = Self(VIR_ERR_NO_DOMAIN)
        package static let noSupport = Self(VIR_ERR_NO_SUPPORT)
        package static let noConnection = Self(VIR_ERR_NO_CONNECT)
        package static let invalidConnection = Self(VIR_ERR_INVALID_CONN)
        package static let internalError = Self(VIR_ERR_INTERNAL_ERROR)
        package static let systemError = Self(VIR_ERR_SYSTEM_ERROR)
        package static let rpc = Self(VIR_ERR_RPC)
        package static let operationInvalid = Self(VIR_ERR_OPERATION_INVALID)
        package static let operationFailed = Self(VIR_ERR_OPERATION_FAILED)
        package static let operationTimeout = Self(VIR_ERR_OPERATION_TIMEOUT)
        package static let operationUnsupported = Self(VIR_ERR_OPERATION_UNSUPPORTED)
        package static let argumentUnsupported = Self(VIR_ERR_ARGUMENT_UNSUPPORTED)
        package static let agentUnresponsive = Self(VIR_ERR_AGENT_UNRESPONSIVE)
        package static let resourceBusy = Self(VIR_ERR_RESOURCE_BUSY)
        package static let xmlError = Self(VIR_ERR_XML_ERROR)
        package static let noDomainMetadata = Self(VIR_ERR_NO_DOMAIN_METADATA)

        private init(_ number: virErrorNumber) { rawValue = Int32(number.rawValue) }
    }

    package struct Domain: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let rpc = Self(VIR_FROM_RPC)
        package static let remote = Self(VIR_FROM_REMOTE)
        package static let domain = Self(VIR_FROM_DOM)
        package static let xml = Self(VIR_FROM_XML)

        private init(_ domain: virErrorDomain) { rawValue = Int32(domain.rawValue) }
    }

    package enum Level: Hashable, Sendable {
        case warning, error
    }

    /// The connection is gone; another one has to be opened.
    package var isConnectionLost: Bool {
        switch code {
        case .rpc, .noConnection, .invalidConnection: true
        // A closed or broken socket of the daemon is reported so by libvirt's client (libvirt 9.0, `rpc/virnetclient.c`).
        case .systemError, .internalError: domain == .rpc || domain == .remote
        default: false
        }
    }

    /// Whether the same call may succeed later.
    package var isRetriable: Bool {
        switch code {
        case .operationTimeout, .agentUnresponsive, .resourceBusy: true
        default: isConnectionLost
        }
    }

    /// Whether the driver of this connection cannot do what was asked at all.
    package var isUnsupported: Bool {
        switch code {
        case .noSupport, .operationUnsupported, .argumentUnsupported: true
        default: false
        }
    }

    package var description: String {
        "\(operation): \(message) (code \(code.rawValue), domain \(domain.rawValue))"
    }
}

extension LibvirtError {
    /// The error that libvirt keeps for the calling thread; to be asked for right after the failed call.
    static func last(_ operation: String) -> LibvirtError {
        guard let error = virGetLastError() else {
            return LibvirtError(
                code: .internalError, domain: Domain(rawValue: 0), level: .error, message: "no error was reported",
                operation: operation)
        }
        return LibvirtError(
            code: Code(rawValue: error.pointee.code), domain: Domain(rawValue: error.pointee.domain),
            level: error.pointee.level == VIR_ERR_WARNING ? .warning : .error,
            message: error.pointee.message.map { String(cString: $0) } ?? "", operation: operation)
    }

    /// Throws where a call returned libvirt's −1; returns its result otherwise.
    static func check(_ result: Int32, _ operation: String) throws(LibvirtError) -> Int {
        guard result >= 0 else { throw last(operation) }
        return Int(result)
    }
}

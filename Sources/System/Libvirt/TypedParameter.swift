import CLibvirt

/// One named value of libvirt (`virTypedParameter`), copied out of its memory.
package struct TypedParameter: Hashable, Sendable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    package enum Value: Hashable, Sendable {
        case signed(Int64)
        case unsigned(UInt64)
        case double(Double)
        case bool(Bool)
        case string(String)

        /// A count; nil for negative numbers, by which libvirt says "not known", and for anything but a whole number.
        package var count: UInt64? {
            switch self {
            case .signed(let value): UInt64(exactly: value)
            case .unsigned(let value): value
            default: nil
            }
        }

        package var text: String? {
            guard case .string(let text) = self else { return nil }
            return text
        }
    }
}

extension TypedParameter {
    /// Copies one parameter; nil for a type that libvirt 9.0 does not have.
    init?(_ parameter: UnsafePointer<virTypedParameter>) {
        let value = parameter.pointee.value
        switch UInt32(bitPattern: parameter.pointee.type) {
        case VIR_TYPED_PARAM_INT.rawValue: self.value = .signed(Int64(value.i))
        case VIR_TYPED_PARAM_UINT.rawValue: self.value = .unsigned(UInt64(value.ui))
        case VIR_TYPED_PARAM_LLONG.rawValue: self.value = .signed(value.l)
        case VIR_TYPED_PARAM_ULLONG.rawValue: self.value = .unsigned(value.ul)
        case VIR_TYPED_PARAM_DOUBLE.rawValue: self.value = .double(value.d)
        case VIR_TYPED_PARAM_BOOLEAN.rawValue: self.value = .bool(value.b != 0)
        case VIR_TYPED_PARAM_STRING.rawValue: self.value = .string(value.s.map { String(cString: $0) } ?? "")
        default: return nil
        }
        name = withUnsafeBytes(of: parameter.pointee.field) { field in
            String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Copies an array of parameters.
    static func list(_ parameters: UnsafePointer<virTypedParameter>?, count: Int) -> [TypedParameter] {
        guard let parameters else { return [] }
        return (0..<count).compactMap { TypedParameter(parameters + $0) }
    }
}

/// A value inside a document: two words that keep the document alive.
///
/// Of an object's repeated keys the last counts, as in Python's and most other readers.
package struct JSONNode: Sendable {
    let document: JSONDocument
    let index: Int

    /// A null of no text, for what a text leaves out.
    package static let null = JSONDocument.null.root
    /// An object of no text and without members.
    package static let emptyObject = JSONDocument.emptyObject.root

    var entry: JSONEntry { document.tape[index] }

    package var kind: JSONKind {
        switch entry.tag {
        case .null: .null
        case .false, .true: .bool
        case .integer, .decimal, .notANumber, .infinity, .negativeInfinity: .number
        case .string, .escapedString: .string
        case .array: .array
        case .object: .object
        }
    }

    package var isNull: Bool { entry.tag == .null }

    package var bool: Bool? {
        switch entry.tag {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The text of a string; nil for any other kind.
    package var string: String? {
        let entry = entry
        switch entry.tag {
        case .string:
            return withText { String(decoding: $0, as: UTF8.self) }
        case .escapedString:
            return String(decoding: unescaped(entry), as: UTF8.self)
        default:
            return nil
        }
    }

    /// The value of a number written without fraction and exponent that fits; nil for anything else.
    package var int: Int64? {
        guard entry.tag == .integer else { return nil }
        return withText(JSONNumber.integer)
    }

    /// The nearest `Double` of a number, not finite where the text says so or is out of range; nil for anything else.
    package var double: Double? {
        switch entry.tag {
        case .integer, .decimal: withText(JSONNumber.double)
        case .notANumber: .nan
        case .infinity: .infinity
        case .negativeInfinity: -.infinity
        default: nil
        }
    }

    /// The digits of a number as they were written; nil for anything else.
    package var numberText: String? {
        guard kind == .number else { return nil }
        return withText { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a number was written with a fraction or an exponent, or is not finite: what Python reads as a float.
    package var isDecimal: Bool {
        switch entry.tag {
        case .decimal, .notANumber, .infinity, .negativeInfinity: true
        default: false
        }
    }

    /// The bytes of a string's value; nil for any other kind.
    package var stringBytes: [UInt8]? {
        let entry = entry
        switch entry.tag {
        case .string: return Array(document.bytes[entry.range])
        case .escapedString: return unescaped(entry)
        default: return nil
        }
    }

    /// Calls the body with the text of the value in place; of a string, without its quotes and still escaped.
    package func withText<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let range = entry.range
        return document.bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    private func unescaped(_ entry: JSONEntry) -> [UInt8] {
        withText(JSONText.unescaped)
    }
}

/// The six kinds of JSON values.
package enum JSONKind: Hashable, Sendable {
    case null, bool, number, string, array, object
}

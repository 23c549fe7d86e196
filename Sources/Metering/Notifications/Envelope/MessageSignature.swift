import Crypto
import JSON

/// The signature that Ceilometer's agents put on samples (`message_signature`), with the secret they share.
///
/// HMAC-SHA256 over the names and values of all other members in order of their names, a nested object's under `outer:inner`,
/// each as the text that Python's `str` gives.
struct MessageSignature: Sendable {
    static let key = "message_signature"

    private let secret: SymmetricKey

    init(secret: [UInt8]) {
        self.secret = SymmetricKey(data: secret)
    }

    /// Whether the message's signature is the one that its contents call for; compared in constant time.
    func isValid(for message: JSONNode) -> Bool {
        guard let signature = message[Self.key]?.string.flatMap(Self.bytes) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            signature, authenticating: Self.signedText(of: message), using: secret)
    }

    /// The signature in hexadecimal digits.
    func signature(of message: JSONNode) -> String {
        HMAC<SHA256>.authenticationCode(for: Self.signedText(of: message), using: secret)
            .map { PythonText.hexadecimal(UInt32($0), width: 2) }.joined()
    }

    private static func signedText(of message: JSONNode) -> [UInt8] {
        var text: [UInt8] = []
        append(message, prefix: "", to: &text)
        return text
    }

    private static func append(_ object: JSONNode, prefix: String, to text: inout [UInt8]) {
        for (name, value) in object.uniqueMembers.sorted(by: { PythonText.precedes($0.key, $1.key) }) {
            let path = prefix + name
            if value.kind == .object {
                append(value, prefix: path + ":", to: &text)
            } else if path != key {
                text += path.utf8
                text += valueText(value).utf8
            }
        }
    }

    private static func valueText(_ value: JSONNode) -> String {
        // Texts in lists are encoded and keys sorted, which is how Ceilometer makes lists comparable.
        guard value.kind == .array else { return PythonText.text(of: .node(value)) }
        return PythonText.representation(
            of: .node(value), quote: { PythonText.quotedBytes(Array($0.utf8)) }, sortsKeys: true)
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == SHA256.byteCount * 2 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}

extension PythonText {
    /// `repr` of bytes: `b'…'`, what is not printable ASCII as `\xNN`.
    fileprivate static func quotedBytes(_ bytes: [UInt8]) -> String {
        let quote: Unicode.Scalar =
            bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var output = "b" + String(quote)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): output += "\\\\"
            case 0x0A: output += "\\n"
            case 0x0D: output += "\\r"
            case 0x09: output += "\\t"
            case UInt8(ascii: quote): output += "\\" + String(quote)
            case 0x20..<0x7F: output.unicodeScalars.append(Unicode.Scalar(byte))
            default: output += "\\x" + hexadecimal(UInt32(byte), width: 2)
            }
        }
        return output + String(quote)
    }
}

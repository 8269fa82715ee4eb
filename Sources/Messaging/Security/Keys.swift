import CZeroMQ

/// A public key of CURVE: 32 bytes, which say who somebody is and may be shown to anybody. Its text is 40 characters (Z85).
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// Exactly 32 bytes.
    let bytes: [UInt8]

    init?(_ bytes: [UInt8]) {
        guard bytes.count == Z85.keyBytes else { return nil }
        self.bytes = bytes
    }

    /// Reads what `description` writes, or answers nil.
    public init?(_ text: String) {
        guard let bytes = Z85.bytes(of: text) else { return nil }
        self.bytes = bytes
    }

    public var description: String { Z85.text(of: bytes) }
}

/// A secret key of CURVE: 32 bytes that nobody else may see. It has no description, so that it ends up in no log.
public struct SecretKey: Sendable {
    /// Exactly 32 bytes.
    let bytes: [UInt8]

    /// Reads what `exposed` writes, or answers nil.
    public init?(_ text: String) {
        guard let bytes = Z85.bytes(of: text) else { return nil }
        self.bytes = bytes
    }

    /// The key as text, for a file that only its owner can read.
    public var exposed: String { Z85.text(of: bytes) }

    /// The key that others know its owner by. The C function is `zmq_curve_public`.
    public var publicKey: PublicKey {
        var text = [CChar](repeating: 0, count: Z85.keyCharacters + 1)
        let code = unsafe zmq_curve_public(&text, exposed)
        guard code == 0, let key = PublicKey(Z85.string(text)) else {
            preconditionFailure("a secret key of 32 bytes has a public key")
        }
        return key
    }
}

/// A new identity.
public enum KeyPair {
    /// Draws a secret key from the system's randomness. The C function is `zmq_curve_keypair`.
    /// - Throws: libzmq was built without CURVE.
    public static func random() throws(MessagingError) -> SecretKey {
        var publicText = [CChar](repeating: 0, count: Z85.keyCharacters + 1)
        var secretText = publicText
        guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0, let key = SecretKey(Z85.string(secretText))
        else {
            throw MessagingError(
                "make keys", .init(rawValue: zmq_errno()),
                remedy: "cannot make keys: this libzmq has no CURVE; install one built with libsodium, such as Debian's"
            )
        }
        return key
    }
}

/// The text form of keys (ZeroMQ RFC 32): five characters for four bytes.
private enum Z85 {
    static let keyBytes = 32
    static let keyCharacters = 40

    /// The C function is `zmq_z85_encode`.
    static func text(of bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: keyCharacters + 1)
        unsafe zmq_z85_encode(&text, bytes, bytes.count)
        return string(text)
    }

    /// The key that `text` holds, or nil. The C function is `zmq_z85_decode`.
    static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count == keyCharacters, text.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
        var bytes = [UInt8](repeating: 0, count: keyBytes)
        return unsafe zmq_z85_decode(&bytes, text) == nil ? nil : bytes
    }

    static func string(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

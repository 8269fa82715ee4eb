import CCrypto

/// SHA-256 (FIPS 180-4) over bytes that come piece by piece. Where to start in this target.
///
///     var hash = SHA256()
///     hash.update("step")
///     hash.update(step)
///     hash.update(parameters)
///     let digest = hash.finalize()
///
/// Numbers enter as their little-endian bytes, so the digest says nothing about the machine. The pieces leave no trace of
/// where one ended: hash a length first where that matters.
@safe public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// Begins with no bytes. The C functions are `EVP_MD_CTX_new` and `EVP_DigestInit_ex`.
    public init() {
        let context = unsafe EVP_MD_CTX_new()
        guard let context = unsafe context, unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("OpenSSL's library offers no SHA-256 or no memory is left")
        }
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// The digest of some bytes.
    public static func digest(_ bytes: [UInt8]) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe add($0) }
    }

    /// Adds bytes.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe add($0) }
    }

    /// Adds numbers, four bytes each.
    public mutating func update(_ values: [Float]) {
        guard isLittleEndian else {
            for value in values { update(value.bitPattern) }
            return
        }
        unsafe values.withUnsafeBytes { unsafe add($0) }
    }

    /// Adds a text as its UTF-8 bytes, without a length.
    public mutating func update(_ text: String) {
        update(Array(text.utf8))
    }

    /// Adds an integer of any width.
    public mutating func update<Integer: FixedWidthInteger>(_ value: Integer) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe add($0) }
    }

    /// The digest of all bytes so far. The C function is `EVP_DigestFinal_ex`.
    public consuming func finalize() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        let status = unsafe EVP_DigestFinal_ex(context, &bytes, nil)
        precondition(status == 1, "OpenSSL could not finish a SHA-256")
        return SHA256Digest(bytes: bytes)
    }

    /// The C function is `EVP_DigestUpdate`, which fails only without a context.
    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "OpenSSL could not add \(bytes.count) bytes to a SHA-256")
    }

    private var isLittleEndian: Bool { 1.littleEndian == 1 }
}

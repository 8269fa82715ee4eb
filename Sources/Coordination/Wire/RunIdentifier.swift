/// The random name of a run: 16 bytes, made at its first start and stored in its checkpoints.
public struct RunIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// Exactly 16 bytes.
    public let bytes: [UInt8]

    /// The identifier of no run: what a worker that has not been welcomed writes.
    public static let none = RunIdentifier([UInt8](repeating: 0, count: 16))

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == 16, "expected 16 bytes of run identifier, got \(bytes.count)")
        self.bytes = bytes
    }

    /// Draws a new one.
    public init(from generator: inout some RandomNumberGenerator) {
        self.init((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// Reads what `description` writes, or answers nil.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 32 else { return nil }
        let bytes = stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
        guard bytes.count == 16 else { return nil }
        self.init(bytes)
    }

    /// 32 hexadecimal digits.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

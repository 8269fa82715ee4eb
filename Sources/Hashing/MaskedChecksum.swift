/// The checksum of TensorFlow's records: CRC-32C of some bytes, turned and shifted so that a record may hold records.
///
/// CRC-32C is the remainder for the Castagnoli polynomial, reflected 0x82F63B78, beginning and ending with all ones (RFC 3720, appendix
/// B.4). The mask is a rotation to the right by 15 bits plus 0xa282ead8 modulo 2³² (TensorFlow, `lib/hash/crc32c.h`).
public struct MaskedChecksum: Equatable, Sendable {
    public let value: UInt32

    public init(_ bytes: ArraySlice<UInt8>) {
        let table = Self.table
        var checksum = ~0 as UInt32
        for byte in bytes { checksum = table[Int((checksum ^ UInt32(byte)) & 0xff)] ^ (checksum >> 8) }
        checksum = ~checksum
        value = (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
    }

    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// What each byte leaves of the remainder.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0x82f6_3b78 ^ (rest >> 1) : rest >> 1 }
    }
}

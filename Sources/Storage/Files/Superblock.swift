/// The first 48 bytes of a file in the newest format, whose last four are a checksum over the others.
///
/// `H5Fget_file_image` clears the mark "open for writing" in the copy that it hands out, but (in 1.10) leaves the checksum
/// of the marked bytes, so that no reader accepts the copy. Source: HDF5 File Format Specification 3.0, section II.A.
enum Superblock {
    private static let checksumOffset = 44

    /// Makes the checksum fit the bytes. Formats before version 2 have none and stay as they are.
    static func seal(_ image: inout [UInt8]) {
        guard image.count >= checksumOffset + 4, image[8] >= 2 else { return }
        let checksum = lookup3(Array(image[..<checksumOffset]))
        for byte in 0..<4 { image[checksumOffset + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
    }

    /// Bob Jenkins's hash `hashlittle` from lookup3.c (2006) with a starting value of 0, which HDF5 uses for its own structures.
    ///
    /// - Parameter bytes: At least one; 12 go into every round.
    static func lookup3(_ bytes: [UInt8]) -> UInt32 {
        let start = 0xdead_beef &+ UInt32(bytes.count)
        var (a, b, c) = (start, start, start)
        let padded = bytes + [UInt8](repeating: 0, count: 11)
        var position = 0
        while true {
            a &+= word(padded, position)
            b &+= word(padded, position + 4)
            c &+= word(padded, position + 8)
            position += 12
            guard position < bytes.count else { break }
            mix(&a, &b, &c)
        }
        finish(&a, &b, &c)
        return c
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
    }

    private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        a = (a &- c) ^ rotated(c, 4); c &+= b
        b = (b &- a) ^ rotated(a, 6); a &+= c
        c = (c &- b) ^ rotated(b, 8); b &+= a
        a = (a &- c) ^ rotated(c, 16); c &+= b
        b = (b &- a) ^ rotated(a, 19); a &+= c
        c = (c &- b) ^ rotated(b, 4); b &+= a
    }

    private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        c = (c ^ b) &- rotated(b, 14)
        a = (a ^ c) &- rotated(c, 11)
        b = (b ^ a) &- rotated(a, 25)
        c = (c ^ b) &- rotated(b, 16)
        a = (a ^ c) &- rotated(c, 4)
        b = (b ^ a) &- rotated(a, 14)
        c = (c ^ b) &- rotated(b, 24)
    }

    private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 {
        value << bits | value >> (32 - bits)
    }
}

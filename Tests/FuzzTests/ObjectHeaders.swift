@testable import Storage

/// What somebody does who changes a file of the newest format on purpose: make the checksums fit.
enum ObjectHeaders {
    private static let signature = Array("OHDR".utf8)

    /// Makes the checksums of the superblock and of all object headers fit the bytes, wherever they still look like ones.
    ///
    /// Source: HDF5 File Format Specification 3.0, sections II.A and IV.A.1.b.
    static func sealed(_ image: [UInt8]) -> [UInt8] {
        var bytes = image
        if bytes.count > 8 { Superblock.seal(&bytes) }
        for start in bytes.indices.dropLast(16) where Array(bytes[start..<start + 4]) == signature {
            guard let end = end(of: start, in: bytes) else { continue }
            let checksum = Superblock.lookup3(Array(bytes[start..<end]))
            for byte in 0..<4 { bytes[end + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
        }
        return bytes
    }

    /// Where the checksum of the header at `start` lies; nil where that is beyond the file.
    private static func end(of start: Int, in bytes: [UInt8]) -> Int? {
        let flags = bytes[start + 5]
        let prefix = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
        let width = 1 << Int(flags & 3)
        guard start + prefix + width <= bytes.count else { return nil }
        let size = (0..<width).reduce(0 as UInt64) { $0 | UInt64(bytes[start + prefix + $1]) << UInt64(8 * $1) }
        guard size < 1 << 40 else { return nil }
        let end = start + prefix + width + Int(size)
        return end + 4 <= bytes.count ? end : nil
    }
}

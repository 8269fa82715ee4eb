/// The compression that h5py brings: Marc Lehmann's LibLZF, HDF5's filter 32000.
///
/// A stream is a row of commands. A byte below 32 says how many bytes less one follow as they are. Any other begins a copy of what
/// was written before: three bits of length less two (seven: one more byte adds to it), and thirteen bits of distance less one.
///
/// Source: LibLZF 3.6, `lzf_d.c`.
enum LZF {
    /// The number by which HDF5 knows the filter.
    static let filter: Int32 = 32000

    /// The most bytes that a stream can become: three become at most 264.
    static func most(from count: Int) -> Int { 88 * count }

    /// Decompresses a stream that becomes `count` bytes, or nil where it is damaged.
    static func decompress(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        guard count <= most(from: bytes.count) else { return nil }
        var result = [UInt8](repeating: 0, count: count)
        var (from, to) = (0, 0)
        while from < bytes.count {
            let control = Int(bytes[from])
            from += 1
            if control < 32 {
                let literals = control + 1
                guard from + literals <= bytes.count, to + literals <= count else { return nil }
                for index in 0..<literals { result[to + index] = bytes[from + index] }
                (from, to) = (from + literals, to + literals)
                continue
            }
            var length = control >> 5
            if length == 7 {
                guard from < bytes.count else { return nil }
                length += Int(bytes[from])
                from += 1
            }
            guard from < bytes.count else { return nil }
            let distance = (control & 31) << 8 + Int(bytes[from]) + 1
            from += 1
            length += 2
            guard distance <= to, to + length <= count else { return nil }
            // A copy may reach into what it has just written, so it goes byte by byte.
            for index in to..<to + length { result[index] = result[index - distance] }
            to += length
        }
        return to == count ? result : nil
    }
}

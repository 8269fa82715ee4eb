import CZlib

/// What was done to the bytes of a chunk before they were written, and how it is undone here, on any thread.
///
/// The library does the same for one caller at a time.
public enum ChunkFilter: Hashable, Sendable {
    /// The first bytes of all elements, then the second ones, and so on.
    case shuffle(elementBytes: Int)
    case gzip(level: Int)
    case lzf
    /// Four bytes of checksum behind the others.
    case fletcher32

    /// The bytes before the filter was applied; nil where they are damaged.
    ///
    /// - Parameter count: The number of bytes that there were.
    func undo(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        switch self {
        case .shuffle(let elementBytes): bytes.count == count ? Self.unshuffle(bytes, elementBytes) : nil
        case .gzip: Self.inflate(bytes, count: count)
        case .lzf: LZF.decompress(bytes, count: count)
        case .fletcher32: Self.checked(bytes, count: count)
        }
    }

    /// How many bytes the filter makes of `count`; nil where that depends on them.
    func size(of count: Int) -> Int? {
        switch self {
        case .shuffle: count
        case .fletcher32: count + 4
        case .gzip, .lzf: nil
        }
    }

    /// Source: HDF5 1.10.8, `H5Zshuffle.c`. Bytes behind the last whole element stay where they are.
    private static func unshuffle(_ bytes: [UInt8], _ elementBytes: Int) -> [UInt8] {
        guard elementBytes > 1 else { return bytes }
        let elements = bytes.count / elementBytes
        guard elements > 0 else { return bytes }
        var result = bytes
        for byte in 0..<elementBytes {
            for element in 0..<elements { result[element * elementBytes + byte] = bytes[byte * elements + element] }
        }
        return result
    }

    /// The C function is `uncompress`.
    private static func inflate(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        var size = uLongf(count)
        var status = Z_OK
        let result = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            status = unsafe uncompress(buffer.baseAddress, &size, bytes, uLong(bytes.count))
            initialized = status == Z_OK ? Int(size) : 0
        }
        return status == Z_OK && result.count == count ? result : nil
    }

    /// Source: HDF5 1.10.8, `H5Zfletcher32.c`. Files of version 1.6.2 and before have the checksum's halves turned.
    private static func checked(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        guard bytes.count == count + 4 else { return nil }
        let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[count + $1]) << (8 * UInt32($1)) }
        let content = Array(bytes[..<count])
        let sum = fletcher32(content)
        let turned = (sum & 0x00ff_00ff) << 8 | (sum & 0xff00_ff00) >> 8
        return stored == sum || stored == turned ? content : nil
    }

    /// Fletcher's checksum over words of two bytes, the first byte above the second.
    ///
    /// Source: HDF5 1.10.8, `H5checksum.c`. 360 words are as many as two sums of 32 bits hold before they have to be folded.
    static func fletcher32(_ bytes: [UInt8]) -> UInt32 {
        var (first, second) = (UInt32(0), UInt32(0))
        let words = bytes.count / 2
        for start in stride(from: 0, to: words, by: 360) {
            for word in start..<min(start + 360, words) {
                first &+= UInt32(bytes[2 * word]) << 8 | UInt32(bytes[2 * word + 1])
                second &+= first
            }
            (first, second) = (folded(first), folded(second))
        }
        if bytes.count % 2 == 1 {
            first &+= UInt32(bytes[bytes.count - 1]) << 8
            second &+= first
            (first, second) = (folded(first), folded(second))
        }
        return folded(second) << 16 | folded(first)
    }

    private static func folded(_ sum: UInt32) -> UInt32 { sum & 0xffff + sum >> 16 }
}

extension [ChunkFilter] {
    /// Undoes all filters, the last first.
    ///
    /// - Parameters:
    ///   - count: The bytes of a chunk without filters.
    ///   - skipped: Bit i is set where filter i left this chunk alone.
    /// - Returns: `count` bytes, or nil where the chunk is damaged.
    func undo(_ bytes: [UInt8], count: Int, skipped: UInt32) -> [UInt8]? {
        let applied = indices.filter { skipped >> UInt32($0) & 1 == 0 }.map { self[$0] }
        let sizes = applied.sizes(from: count)
        var result = bytes
        for (filter, size) in zip(applied, sizes).reversed() {
            guard let size = size ?? filter.sizeBefore(result.count), size >= 0,
                let undone = filter.undo(result, count: size)
            else { return nil }
            result = undone
        }
        return result.count == count ? result : nil
    }

    /// How many bytes each filter was given; nil behind a compression.
    private func sizes(from count: Int) -> [Int?] {
        reduce(into: [count]) { sizes, filter in sizes.append(sizes[sizes.count - 1].flatMap(filter.size)) }.dropLast()
    }
}

extension ChunkFilter {
    /// How many bytes became `count`; nil where that depends on them.
    fileprivate func sizeBefore(_ count: Int) -> Int? {
        switch self {
        case .shuffle: count
        case .fletcher32: count - 4
        case .gzip, .lzf: nil
        }
    }
}

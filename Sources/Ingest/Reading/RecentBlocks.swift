/// Pixels that were unpacked lately, since workers ask for a few rows of every chunk at a time.
///
/// Blocks are given up by halves: those that were not used while the other half filled.
struct RecentBlocks {
    private let limit: Int
    private var newer: [Int: [UInt8]] = [:]
    private var older: [Int: [UInt8]] = [:]
    private var newerBytes = 0

    /// - Parameter limit: The most bytes that are kept, besides one block.
    init(limit: Int) {
        self.limit = limit
    }

    /// The bytes of a block, unpacked where they are not here.
    mutating func bytes(of block: Int, unpacking unpack: () throws -> [UInt8]) rethrows -> [UInt8] {
        if let bytes = newer[block] { return bytes }
        let bytes = try older[block] ?? unpack()
        if newerBytes + bytes.count > limit / 2 { (older, newer, newerBytes) = (newer, [:], 0) }
        newer[block] = bytes
        newerBytes += bytes.count
        return bytes
    }
}

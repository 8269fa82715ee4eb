/// Places buffers of known lifetimes in one arena, so that those alive at the same time do not overlap.
///
/// Largest first, each at the lowest place that is free for its whole life.
struct MemoryPlan {
    struct Buffer {
        let bytes: Int
        /// The first and the last step that uses the buffer.
        var life: ClosedRange<Int>
    }

    /// The place of each buffer, in bytes.
    let offsets: [Int]
    let totalBytes: Int

    /// Cache lines, which is also what oneDNN's kernels like best.
    static let alignment = 64

    init(_ buffers: [Buffer]) {
        var offsets = [Int](repeating: 0, count: buffers.count)
        var placed: [Int] = []
        let order = buffers.indices.sorted { (buffers[$1].bytes, $0) < (buffers[$0].bytes, $1) }
        for index in order {
            let neighbours = placed.filter { buffers[$0].life.overlaps(buffers[index].life) }
                .sorted { offsets[$0] < offsets[$1] }
            offsets[index] = Self.lowestGap(for: buffers[index].bytes, among: neighbours, buffers, offsets)
            placed.append(index)
        }
        self.offsets = offsets
        totalBytes = buffers.indices.map { offsets[$0] + Self.rounded(buffers[$0].bytes) }.max() ?? 0
    }

    private static func lowestGap(for bytes: Int, among neighbours: [Int], _ buffers: [Buffer], _ offsets: [Int]) -> Int
    {
        var place = 0
        for neighbour in neighbours {
            if place + bytes <= offsets[neighbour] { break }
            place = max(place, offsets[neighbour] + rounded(buffers[neighbour].bytes))
        }
        return place
    }

    static func rounded(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}

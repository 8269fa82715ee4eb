import Hashing
import Tensors

extension ModelState {
    /// The SHA-256 over parameters, statistics, optimizer state and step: two states are equal if their digests are.
    ///
    /// For each group `parameters`, `statistics`, those of the optimizer, such as `optimizer/first_moment`, and `average/parameters` and
    /// `average/statistics` where there are averages, in this order, and each tensor in ascending order of the UTF-8 of its name:
    /// `GROUP/NAME`, a zero byte, and the elements row-major as little-endian float32. Then `step`, a zero byte, and the number of steps as a little-endian 64-bit integer.
    public var digest: SHA256Digest {
        var hash = SHA256()
        add(parameters, layout.parameters, "parameters", to: &hash)
        add(statistics, layout.statistics, "statistics", to: &hash)
        for group in optimizer.groups { add(group.values, layout.parameters, "optimizer/\(group.name)", to: &hash) }
        if let average {
            add(average.parameters, layout.parameters, "average/parameters", to: &hash)
            add(average.statistics, layout.statistics, "average/statistics", to: &hash)
        }
        hash.update("step\0")
        hash.update(UInt64(step))
        return hash.finalize()
    }

    private func add(_ values: [Float], _ table: SliceTable, _ group: String, to hash: inout SHA256) {
        let slices = table.slices.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for slice in slices {
            hash.update("\(group)/\(slice.name)\0")
            hash.update(Array(values[slice.range]))
        }
    }
}

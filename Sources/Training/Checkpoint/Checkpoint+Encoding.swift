import Contract
import Hashing
import Storage
import Tensors

extension Checkpoint {
    /// The version of the file's structure.
    static let formatVersion = 2

    /// The bytes of the checkpoint's file.
    ///
    /// - Throws: `H5Error`, where memory runs out.
    public func encode() throws(H5Error) -> [UInt8] {
        let file = try File.create(inMemory: .latest, named: "the checkpoint of step \(state.step)")
        try file.root.setAttribute("format", "tributary checkpoint")
        try file.root.setAttribute("format_version", Self.formatVersion)
        _ = try file.root.write("contract", contract.canonicalJSON)
        try writeProgress(file.root.createGroup("progress"))
        try write(state.parameters, state.layout.parameters, "parameters", file.root)
        try write(state.statistics, state.layout.statistics, "statistics", file.root)
        let optimizer = try file.root.createGroup("optimizer")
        for group in state.optimizer.groups { try write(group.values, state.layout.parameters, group.name, optimizer) }
        if let average = state.average {
            let group = try file.root.createGroup("average")
            try write(average.parameters, state.layout.parameters, "parameters", group)
            try write(average.statistics, state.layout.statistics, "statistics", group)
        }
        try writeHistory(file.root.createGroup("history"))
        return CheckpointSeal.seal(try file.image())
    }

    private func writeProgress(_ group: Group) throws(H5Error) {
        try group.setAttribute("run", run)
        try group.setAttribute("step", state.step)
        try group.setAttribute("digest", state.digest.description)
        if let heldOutNegativeELBO { try group.setAttribute("held_out_negative_elbo", heldOutNegativeELBO) }
    }

    /// Writes tensors under the paths that their names are, as `encoder/0/convolution/weight`.
    private func write(
        _ values: [Float], _ table: SliceTable, _ name: String, _ parent: Group
    ) throws(H5Error) {
        let group = try parent.createGroup(name)
        var groups: [Substring: Group] = [:]
        for slice in table.slices {
            let (path, last) = Self.split(slice.name)
            let parent = try Self.makeGroup(path, in: group, &groups)
            let shape = slice.shape.dimensions
            _ = try parent.write(last, Array(values[slice.range]), shape: shape, layout: .checksummed(shape: shape))
        }
    }

    private static func split(_ name: String) -> (path: Substring, last: String) {
        guard let slash = name.lastIndex(of: "/") else { return ("", name) }
        return (name[..<slash], String(name[name.index(after: slash)...]))
    }

    /// The group at a path, made with all above it where it is not there yet.
    private static func makeGroup(
        _ path: Substring, in root: Group, _ groups: inout [Substring: Group]
    ) throws(H5Error) -> Group {
        if path.isEmpty { return root }
        if let group = groups[path] { return group }
        let (above, last) = split(String(path))
        let group = try makeGroup(above, in: root, &groups).createGroup(last)
        groups[path] = group
        return group
    }

    private func writeHistory(_ group: Group) throws(H5Error) {
        try Self.write(history.train, group.createGroup("train"))
        try Self.write(history.valid, group.createGroup("valid"))
        try group.setAttribute("pending_steps", history.pendingSteps)
        try group.setAttribute("pending_reconstruction", history.pendingReconstruction)
        try group.setAttribute("pending_divergence", history.pendingDivergence)
    }

    private static func write(_ epochs: [History.Epoch], _ group: Group) throws(H5Error) {
        let shape = [epochs.count]
        let layout = Layout.checksummed(shape: shape)
        _ = try group.write("step", epochs.map(\.step), shape: shape, layout: layout)
        _ = try group.write("epoch", epochs.map(\.epoch), shape: shape, layout: layout)
        _ = try group.write("reconstruction", epochs.map(\.reconstruction), shape: shape, layout: layout)
        _ = try group.write("divergence", epochs.map(\.divergence), shape: shape, layout: layout)
    }
}

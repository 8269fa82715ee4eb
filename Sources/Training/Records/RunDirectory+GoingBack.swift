import Files

/// Going back to an earlier state, since a later one used a wrong sum.
extension RunDirectory {
    private var markPath: String { paths.directory + "/going-back" }

    /// Removes all checkpoints, the best one included, and digests of more than `step` steps.
    ///
    /// The intention is forced to the disk first, so that a death in between does not leave a wrong state as the newest:
    /// `finishGoingBack` does the rest then.
    public func goBack(to step: Int) throws {
        try files.replaceDurably(markPath, Array("\(step)\n".utf8))
        try finishGoingBack()
    }

    /// Does what a `goBack` that was cut short left undone.
    public func finishGoingBack() throws {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(markPath)
        } catch {
            if error.isNotFound { return }
            throw error
        }
        guard let step = Int(String(decoding: bytes.dropLast(), as: UTF8.self)) else {
            throw RecordError(path: markPath, line: 1)
        }
        try checkpoints.remove(after: step)
        _ = try checkpoints.restoreBest { $0 <= step }
        try DigestLog.cut(paths.digests, after: step, files)
        try files.remove(markPath)
        try files.synchronize(directory: paths.directory)
    }
}

import Files

/// The checkpoint of the state with the lowest held-out −ELBO so far, `best.h5`.
///
/// A run may go back to any checkpoint that is kept, and its best is then that of the evaluations up to there. So where a checkpoint
/// was saved since the best one, the latter is not replaced but stays as `best-before-STEP.h5`, with the step of its successor, for as
/// long as a checkpoint of an earlier step is kept.
extension CheckpointStore {
    public var bestPath: String { "\(directory)/best.h5" }

    /// Whole, and not yet the best.
    private var nextBestPath: String { "\(directory)/best-next.h5" }

    /// Reads the best checkpoint.
    ///
    /// - Throws: A sentence that names the file.
    public func readBest() throws -> Checkpoint {
        try check(bestPath)
        let checkpoint = try Checkpoint(files.read(bestPath), file: bestPath)
        guard checkpoint.heldOutNegativeELBO != nil else {
            throw CheckpointError(file: bestPath, reason: "is of a state that was never evaluated")
        }
        return checkpoint
    }

    /// Saves the encoded checkpoint of a state as the best one, and reads it again.
    ///
    /// - Parameter keepingEarlier: Whether a checkpoint was saved since the one that was the best.
    /// - Throws: `FileError`, `CheckpointError`.
    func saveBest(_ encoded: [UInt8], step: Int, keepingEarlier: Bool) throws {
        try replace(nextBestPath, encoded)
        if keepingEarlier { try keepEarlierBest(before: step) }
        try files.rename(nextBestPath, to: bestPath)
        try files.synchronize(directory: directory)
    }

    /// By a copy: where the power fails in the middle of a rename, a disk may have forgotten the old name and not learnt the new one.
    private func keepEarlierBest(before step: Int) throws(FileError) {
        do throws(FileError) {
            try files.replaceDurably(path(ofBestBefore: step), files.read(bestPath))
        } catch {
            // Somebody removed or moved it while the run went on.
            if !error.isNotFound { throw error }
        }
    }

    /// What the best checkpoint turned out to be.
    enum Best: Equatable {
        case none
        /// Its held-out −ELBO, in nats.
        case whole(Double)
        /// It cannot be used, in one sentence, and is replaced by the next.
        case damaged(String)
    }

    /// Goes back to the best checkpoint of a state. What a death left of `saveBest` or of this is seen to as well.
    ///
    /// - Parameter isContained: Whether the evaluation after so many steps is one of that state's.
    /// - Throws: `FileError`.
    func restoreBest(_ isContained: (Int) -> Bool) throws -> Best {
        let names = try files.names(in: directory)
        if names.contains(where: { nextBestPath.hasSuffix("/\($0)") }) { try files.remove(nextBestPath) }
        let undone = try stepsAfterEarlierBests().filter { !isContained($0) }
        // The first one last: the others are later ones, which it must not be taken for after a death in between.
        for step in undone.dropFirst().reversed() { try files.remove(path(ofBestBefore: step)) }
        try files.synchronize(directory: directory)
        if let first = undone.first {
            try files.replaceDurably(bestPath, files.read(path(ofBestBefore: first)))
            try files.remove(path(ofBestBefore: first))
            try files.synchronize(directory: directory)
        }
        return try judgeBest(isContained)
    }

    private func judgeBest(_ isContained: (Int) -> Bool) throws -> Best {
        guard try files.names(in: directory).contains(where: { bestPath.hasSuffix("/\($0)") }) else { return .none }
        do {
            let best = try readBest()
            if isContained(best.state.step), let value = best.heldOutNegativeELBO { return .whole(value) }
        } catch let error as FileError {
            throw error
        } catch {
            return .damaged("\(error)")
        }
        try files.remove(bestPath)
        try files.synchronize(directory: directory)
        return .none
    }

    /// Removes earlier bests that no state goes back to: those with a successor from before the oldest checkpoint.
    func removeEarlierBests(before oldest: Int) throws(FileError) {
        for step in try stepsAfterEarlierBests() where step < oldest { try files.remove(path(ofBestBefore: step)) }
    }

    private func path(ofBestBefore step: Int) -> String { "\(directory)/best-before-\(Self.digits(ofStep: step)).h5" }

    /// The steps of the states that took the place of earlier bests, ascending.
    private func stepsAfterEarlierBests() throws(FileError) -> [Int] {
        try files.names(in: directory).compactMap { name in
            let digits = name.dropFirst("best-before-".count).dropLast(".h5".count)
            guard let step = Int(digits), path(ofBestBefore: step).hasSuffix("/\(name)") else { return nil }
            return step
        }.sorted()
    }
}

extension Checkpoint {
    /// The held-out −ELBO of the state, in nats; nil where it was not evaluated.
    public var heldOutNegativeELBO: Double? {
        guard let last = history.valid.last, last.step == state.step else { return nil }
        return last.negativeELBO
    }
}

import Contract

/// Room for pixels.
extension WorkerState {
    /// How many examples fit beside everything else; it has to be known before the first lease.
    mutating func measureRoom() {
        guard let assignment, let welcome else { return }
        let capacity = budget(assignment, welcome).examples
        self.assignment?.room.capacity = capacity
    }

    private func budget(_ assignment: Assignment, _ welcome: CoordinatorMessage.Welcome) -> MemoryBudget {
        MemoryBudget(
            limit: configuration.memoryLimit, welcome: welcome, threads: configuration.hello.threads,
            graphs: assignment.graphBytes, duties: dutyBytes(of: assignment.contract, welcome))
    }

    /// Forgets the pixels that only the last round needed.
    mutating func beginRoundOfPixels() {
        forget(assignment?.room.beginRound(besides: Set(running.keys.map(\.shard))) ?? [])
    }

    /// Forgets the pixels of shards that are not kept and that no leaf needs any more.
    mutating func releasePixels(of shards: [Int]) {
        let used = usedShards
        forget(assignment?.room.release(shards, besides: used) ?? [])
    }

    /// Shards that leaves still need.
    private var usedShards: Set<Int> { Set(running.keys.map(\.shard) + tasks.flatMap(\.waiting).map(\.shard)) }

    /// Makes room for the pixels that a lease needs; where there is none, the worker gives up.
    mutating func makesRoom(for lease: CoordinatorMessage.Lease, _ shards: Range<Int>) -> Bool {
        guard let contract = assignment?.contract else { return false }
        let used = usedShards
        let examples =
            lease.round.kind == .training
            ? contract.microbatch : (contract.validationExamples + contract.shards - 1) / contract.shards
        forget(
            assignment?.room.take(shards, examples: examples, isCheck: lease.isCheck, besides: used) ?? [])
        guard let assignment, let welcome else { return false }
        if let problem = budget(assignment, welcome).problem(examples: assignment.room.needed) {
            fail(problem)
            return false
        }
        if !lease.isCheck, !shards.allSatisfy(assignment.room.keeps) { noteCrowding() }
        return true
    }

    private mutating func noteCrowding() {
        guard assignment?.isCrowded == false else { return }
        assignment?.isCrowded = true
        note(
            .crowded(
                "this worker may use \(MemoryBudget.text(Double(configuration.memoryLimit))), in which not all pixels of its shards "
                    + "fit, so it asks for some in every step, which is slower: \(MemoryBudget.remedy)"))
    }

    private mutating func forget(_ shards: [Int]) {
        guard !shards.isEmpty else { return }
        for shard in shards {
            assignment?.ledger.forget(shard: shard)
            actions.append(.forgetPixels(shard: shard))
        }
        copies.removeAll { shards.contains($0.shard) }
    }
}

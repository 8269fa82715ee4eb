import Contract

/// What a worker does for others: it delivers its sums to those who add them, adds some itself, and passes parameters on.
extension WorkerState {
    mutating func take(_ duties: Duties) {
        guard duties.number > peers.duties?.number ?? Duties.star else { return countMalformed() }
        peers.duties = duties
        for identity in peers.links.keys { peers.links[identity]?.drop(before: duties.number) }
        if let fold = peers.fold, fold.duties < duties.number { self.fold(anewWith: nil) }
        let early = peers.early
        peers.early = []
        for chunk in early { passOn(chunk) }
        checkEarlyPieces(duties)
    }

    /// Pieces may have come before their duties did. Where one was sent to the wrong worker, all are put aside: nobody honest sends such.
    private mutating func checkEarlyPieces(_ duties: Duties) {
        guard let early = peers.fold, early.duties == duties.number else { return }
        let pieces = early.pieces
        guard pieces.allSatisfy({ isMine($0, under: duties) }) else {
            countMalformed()
            return fold(anewWith: nil)
        }
        for piece in pieces { handOn(piece) }
    }

    /// Puts all pieces aside, and begins with others.
    private mutating func fold(anewWith fold: PieceFold?) {
        peers.fold = fold
        (peers.rootPieces, peers.handedOn) = ([], [])
        for identity in peers.links.keys { peers.links[identity]?.dropGroupSums() }
        actions.append(.forgetPieces)
    }

    /// Whether a piece is one that this worker adds, or what it has added for its group.
    private func isMine(_ piece: SumPiece, under duties: Duties) -> Bool {
        guard let chunk = chunk(of: piece) else { return false }
        return duties.adder(ofChunk: chunk, of: piece.node) == peers.own
            || duties.isOfGroup(piece.node) && duties.adder(ofChunk: chunk, of: 2 * piece.node) == peers.own
    }

    private func chunk(of piece: SumPiece) -> Int? { welcome.map { piece.offset / $0.chunkBytes } }

    /// The coordinator speaks of duties before it gives leases under them.
    func isKnown(_ duties: UInt64) -> Bool { duties == Duties.star || duties == peers.duties?.number }

    // MARK: - Delivering

    /// Sends each chunk of a sum that is final to the one who adds it.
    mutating func deliverChunks(of index: Int, _ welcome: CoordinatorMessage.Welcome) {
        guard let duties = peers.duties, tasks[index].duties == duties.number, !tasks[index].isDelivered else { return }
        if tasks[index].uploaded < tasks[index].ready.count { handOutChunks(of: index, under: duties, welcome) }
        // The last chunk may have been taken before the leaf that it came of was known to be finished.
        sayDelivered(index)
    }

    private mutating func handOutChunks(
        of index: Int, under duties: Duties, _ welcome: CoordinatorMessage.Welcome
    ) {
        let task = tasks[index]
        let chunks = ChunkSet(total: welcome.bytes(of: task.round.kind), chunkBytes: welcome.chunkBytes)
        for chunk in task.ready.dropFirst(task.uploaded) {
            let range = chunks.bytes(of: chunk)
            let piece = SumPiece(
                round: task.round, duties: duties.number, node: task.node, offset: range.lowerBound, bytes: range.count)
            let holder = duties.adder(ofChunk: chunk, of: task.node)
            tasks[index].uploaded += 1
            if holder == peers.own {
                take(piece, isOwn: true)
            } else {
                tasks[index].undelivered += 1
                peers.links[holder]?.enqueue(.sum(piece, lease: task.lease))
                if peers.links[holder] == nil { giveUp([task.lease]) }
            }
        }
    }

    /// What was on its way to another worker is lost. The coordinator is told whom this worker reaches no more, and gives the leases anew, or to
    /// others; until then they are nothing that this worker has in hand.
    mutating func giveUp(_ leases: Set<UInt64>) {
        for index in tasks.indices where leases.contains(tasks[index].lease) { tasks[index].isDelivered = true }
    }

    /// The coordinator adds everything now.
    mutating func dropUnsentSums() {
        for identity in peers.links.keys { peers.links[identity]?.drop(before: .max) }
    }

    /// Another worker took a piece that was sent under a lease.
    mutating func noteDelivered(_ lease: UInt64) {
        guard let index = tasks.firstIndex(where: { $0.lease == lease }) else { return }
        tasks[index].undelivered -= 1
        sayDelivered(index)
    }

    private mutating func sayDelivered(_ index: Int) {
        let task = tasks[index]
        guard task.isSummed, task.uploaded == task.ready.count, task.undelivered == 0, !task.isDelivered else { return }
        tasks[index].isDelivered = true
        let delivery = WorkerMessage.Delivery(
            round: task.round, lease: task.lease, node: task.node, leafTime: leafTimes[task.round.kind] ?? .zero)
        send(.delivered(delivery), step: task.round.step)
    }

    // MARK: - Adding

    /// Takes a piece of a sum in, and adds what can be added.
    mutating func take(_ piece: SumPiece, isOwn: Bool) {
        guard let tree = assignment?.contract.tree, isPiece(piece, in: tree), mayCome(piece) else {
            return countMalformed()
        }
        if peers.fold?.isOutdated(by: piece) ?? true { fold(anewWith: PieceFold(of: piece, in: tree)) }
        guard Double((peers.fold?.bytes ?? 0) + piece.bytes) <= pieceLimit(tree) else { return countMalformed() }
        for step in peers.fold?.take(piece) ?? [] {
            switch step {
            case .keep(let piece): actions.append(.keepPiece(piece, isOwn: isOwn))
            case .discard(let piece): actions.append(.discardPiece(piece))
            case .add(let piece): actions.append(.addPieces(piece))
            case .finish(let piece): peers.rootPieces.append(piece)
            }
        }
        if let whole = peers.fold?.whole(of: piece) { handOn(whole) }
        uploadRootPieces()
    }

    /// What a group has added belongs to the holder of the chunk, once. It stays in the fold's books, so that what comes for it late counts for nothing.
    private mutating func handOn(_ piece: SumPiece) {
        guard let duties = peers.duties, duties.number == piece.duties, duties.isOfGroup(piece.node),
            let chunk = chunk(of: piece), case let holder = duties.holder(ofChunk: chunk), holder != peers.own,
            peers.handedOn.insert(piece).inserted
        else { return }
        peers.links[holder]?.enqueue(.groupSum(piece))
        sendCargo()
    }

    /// Whether the coordinator can have given such duties, and this worker such a chunk. News of the next duties may still be on its way.
    private func mayCome(_ piece: SumPiece) -> Bool {
        guard peers.canBegin(piece.round.step) else { return false }
        guard let duties = peers.duties, piece.duties == duties.number else { return mayBeGiven(piece.duties) }
        return chunk(of: piece).map { duties.adder(ofChunk: $0, of: piece.node) == peers.own } ?? false
    }

    /// Whether these may be duties of which the news is still on its way.
    private func mayBeGiven(_ number: UInt64) -> Bool {
        let known = peers.duties?.number ?? Duties.star
        return number > known && number <= known + Self.dutiesAtOnce
    }

    /// How many duties the coordinator can have given of which the news is still on its way.
    private static let dutiesAtOnce: UInt64 = 64

    private func isPiece(_ piece: SumPiece, in tree: ReductionTree) -> Bool {
        guard let welcome, tree.nodes.contains(piece.node), piece.round.kind == .training else { return false }
        var chunks = ChunkSet(total: welcome.bytes(of: .training), chunkBytes: welcome.chunkBytes)
        return chunks.insert(offset: piece.offset, bytes: piece.bytes)
    }

    /// Sends the root's pieces to the coordinator, as far as there is credit.
    mutating func uploadRootPieces() {
        while let piece = peers.rootPieces.first, upload.admits(piece.bytes) {
            upload.spend(piece.bytes, at: now)
            actions.append(.uploadPiece(piece))
            peers.fold?.release(piece)
            peers.rootPieces.removeFirst()
        }
    }

    // MARK: - Not trusting others

    /// What the coordinator adds rests on parameters that it sent itself: others may have passed wrong ones on, and whoever computed with those would be
    /// blamed. A check rests on nothing that was computed before, either.
    mutating func refuseSharedWork(for lease: CoordinatorMessage.Lease) {
        guard lease.duties == Duties.star else { return }
        let wereShared = lease.isCheck && forgetSharedTasks()
        guard !tasks.contains(where: { $0.duties != Duties.star }) else { return }
        let step = lease.round.step
        let areShared =
            if parametersStep == step {
                parametersOrigin == .workers
            } else if let arriving, arriving.step == step {
                arriving.duties != Duties.star || arriving.arePassedOn
            } else {
                // They were to come from others.
                wereShared
            }
        if areShared { askForOwnParameters(of: step) }
    }

    /// Begins a step's parameters anew and asks the coordinator for all of them, once, and again where others have sent some since.
    mutating func askForOwnParameters(of step: Int) {
        if let arriving, arriving.step == step, arriving.areRequested, !arriving.arePassedOn { return }
        beginParameters(step)
        arriving?.areRequested = true
        send(.parametersWanted)
    }

    /// Forgets what is computed for sums that workers add; answers whether there was any.
    private mutating func forgetSharedTasks() -> Bool {
        let shared = tasks.filter { $0.duties != Duties.star }
        guard !shared.isEmpty, let tree = assignment?.contract.tree else { return false }
        for task in shared { actions.append(.forget(task.round, node: task.node)) }
        tasks.removeAll { $0.duties != Duties.star }
        if !running.isEmpty { membership += 1 }
        dropUnsentSums()
        releasePixels(of: shared.flatMap { tree.shards(under: $0.node) })
        return true
    }

    /// Whether this worker computes for a sum of that step that nobody else adds.
    func isAddedByCoordinator(_ step: Int) -> Bool {
        step == round?.step && !tasks.isEmpty && tasks.allSatisfy { $0.duties == Duties.star }
    }

    // MARK: - Passing parameters on

    /// Keeps a chunk that the coordinator sent, to pass it on. Its duties may still be on their way over the other connection.
    mutating func keep(_ chunk: PassedParameters) {
        guard let welcome, chunk.step >= peers.passedStep else { return }
        if chunk.step > peers.passedStep {
            peers.passedStep = chunk.step
            peers.passed = ChunkSet(total: welcome.parameterBytes, chunkBytes: welcome.chunkBytes)
            peers.early = []
            for identity in peers.links.keys { peers.links[identity]?.drop(beforeStep: chunk.step) }
        }
        guard peers.passed?.insert(offset: chunk.offset, bytes: chunk.bytes) == true else { return }
        actions.append(.keepParameters(step: chunk.step, offset: chunk.offset))
        if isKnown(chunk.duties) { passOn(chunk) } else { peers.early.append(chunk) }
    }

    private mutating func passOn(_ chunk: PassedParameters) {
        for identity in receivers(of: chunk) { peers.links[identity]?.enqueue(.parameters(chunk)) }
        sendCargo()
    }

    private func receivers(of chunk: PassedParameters) -> [[UInt8]] {
        guard let duties = peers.duties, duties.number == chunk.duties, let welcome else { return [] }
        return duties.receivers(ofChunk: chunk.offset / welcome.chunkBytes, from: peers.own)
    }

    /// Whether a chunk that another worker sent may have to go to others of this one's group.
    func mayPassOn(_ chunk: PassedParameters) -> Bool {
        mayBeGiven(chunk.duties) || !receivers(of: chunk).isEmpty
    }

    /// Those who pass parameters on may be lost. When a round gets other duties, what is missing comes from the coordinator.
    ///
    /// Nothing of them may be here yet; then the round's leases say under which duties they were to come.
    mutating func askForLostParameters(under duties: UInt64) {
        guard let round, parametersStep != round.step, arriving?.step ?? round.step == round.step else { return }
        let earlier = arriving?.duties ?? tasks.first { $0.round == round }?.duties ?? Duties.star
        guard earlier != Duties.star, earlier != duties else { return }
        if arriving == nil { beginParameters(round.step) }
        arriving?.duties = Duties.star
        arriving?.areRequested = true
        send(.parametersWanted)
    }

    /// The same where nothing has come for a while, whatever the reason. Who has computed all that it was given needs none, though those of later
    /// steps have replaced its own.
    mutating func askForMissingParameters() {
        guard let round, parametersStep != round.step, !peers.own.isEmpty else { return }
        guard tasks.contains(where: { !$0.waiting.isEmpty }) else { return }
        let latest = arriving.flatMap { $0.step == round.step ? $0.latest : nil } ?? .zero
        guard now - max(latest, peers.waitingSince) > timing.silence else { return }
        peers.waitingSince = now
        if arriving?.step != round.step { (arriving, wantedStep) = (nil, round.step) }
        send(.parametersWanted)
    }
}

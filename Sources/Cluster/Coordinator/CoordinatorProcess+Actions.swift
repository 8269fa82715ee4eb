import Contract
import Coordination
import Logging
import Messaging
import Training

/// What a coordinator does about it. A step goes through here in this order: pieces of sums are placed, committed and folded (`sums`); the
/// root's sum is `finished`, and decides the update; `parameters` are updated piece by piece, each just before it leaves; what is left of
/// them is updated, and the step recorded.
extension CoordinatorProcess {
    func carryOut(_ action: CoordinatorAction, _ payload: borrowing Message) throws {
        switch action {
        case .send(let message, let step, let peer): try send(message, step, peer)
        case .transfer(let transfer, let peer): try carryOut(transfer, peer)
        case .sums(let action): try carryOut(action, payload)
        case .run(let action): try carryOut(action)
        case .turnAway(let peer):
            try post.turnAway(
                peer,
                because:
                    "this is the second port of the coordinator at \(endpoint), which carries large messages only; connect to the "
                    + "first, which is one lower")
        case .bar(let name): gate.bar(name)
        case .sendStatus(let peer): try sendStatus(to: peer)
        case .takeSpans(let spans, let peer):
            let worker = state.workers(at: clock.now).first { $0.peer == peer }
            if let worker { onlookers.take(spans, of: worker) }
        case .note(let notice):
            if case .waiting = notice { pace.pause() }
            tell(notice)
        }
    }

    /// A peer that takes no messages is as good as gone.
    func check(_ outcome: Socket.Outcome, _ peer: Peer) {
        if outcome != .sent { queue.append(.undeliverable(peer)) }
    }

    private func send(_ message: CoordinatorMessage, _ step: Int, _ peer: Peer) throws {
        if case .lease = message {
            onlookers.begin()
            pace.begin(at: clock.now)
        }
        check(try post.send(message, step: step, to: peer), peer)
    }

    private func sendStatus(to peer: Peer) throws {
        guard let bytes = onlookers.answer() else { return }
        _ = try post.sendControl(.status(bytes: bytes.count), step: training.model.step, Message(bytes), to: peer)
    }

    // MARK: - Sums

    private func carryOut(_ action: SumAction, _ payload: borrowing Message) throws {
        let beginning = onlookers.beginning
        do {
            if let event = try sums.carryOut(action, payload) { queue.append(event) }
        } catch let error as SharedMemoryError {
            log.notice("a worker's sums travel over the socket, which is slower: \(error)")
        }
        onlookers.count(action, payload.count, state, microbatch: opening.contract.microbatch)
        if case .fold = action { onlookers.trace("fold", step: training.model.step + 1, since: beginning) }
    }

    // MARK: - The run

    private func carryOut(_ action: RunAction) throws {
        switch action {
        case .finished(let report): try finish(report)
        case .abandon(let sentence): abandon(sentence)
        case .quarantine(let name, let sentence):
            try QuarantineFile(directory: opening.directory.paths.directory, files: options.files).add(name, sentence)
        case .goBack(let step, let sentence):
            do {
                try goBack(to: step, because: sentence)
            } catch {
                fail(GoingBackFailed(step: step, cause: "\(error)"))
                // The state that said so is over and says nothing more.
                isStopped = true
            }
        case .stopped: isStopped = true
        }
    }

    private func finish(_ report: RoundReport) throws {
        onlookers.finish(report.round)
        let sum = try sums.takeResult()
        let speed = pace.finish(report.round.kind, at: clock.now)
        let traffic = onlookers.takeTraffic()
        switch report.round.kind {
        case .evaluation: try finishEvaluation(sum, report, speed)
        case .training: try finishStep(sum, report, speed, traffic)
        }
    }

    private func finishEvaluation(_ sum: consuming RootSum, _ report: RoundReport, _ speed: Double) throws {
        if let found = try training.record(evaluation: sum, report, imagesPerSecond: speed) {
            onlookers.note { $0.finish(found) }
            reporter.report(.evaluated(found))
            if let best = training.takeBest() { keeper.saveBest(best) }
        }
        goOn()
    }

    /// The next step's parameters leave before anything is written down, chunk by chunk as they are updated.
    private func finishStep(
        _ sum: consuming RootSum, _ report: RoundReport, _ speed: Double, _ traffic: Traffic
    ) throws {
        let number = report.round.step + 1
        var beginning = onlookers.beginning
        let step = try training.apply(sum, report, imagesPerSecond: speed, traffic: traffic)
        onlookers.trace("last fold and norm", step: number, since: beginning)
        goOn()
        handleQueue()
        beginning = onlookers.beginning
        settle()
        onlookers.trace("update the rest and record", step: number, since: beginning)
        guard !hasFailed else { return }
        onlookers.note { $0.finish(step, images: training.program.plan.globalBatch) }
        reporter.report(.step(step))
        keeper.recordDigest(of: training.model)
        if keeper.isDue(at: clock.now), training.nextRound != nil { save() }
    }

    // MARK: - What leaves

    private func carryOut(_ transfer: Transfer, _ peer: Peer) throws {
        switch transfer {
        case .parameters(let step, let offset, let bytes, let duties):
            let message = CoordinatorMessage.parameters(offset: offset, bytes: bytes, duties: duties)
            try sendParameters(offset..<(offset + bytes), ofStep: step, message, to: peer)
        case .storedParameters(let step): try storeParameters(step, peer)
        case .rows(let split, let examples):
            let request = ReadingList.Request(split: split, examples: examples, peer: peer, epoch: post.epoch)
            pixels.add(request, at: clock.now, for: state.isMember)
        }
    }

    private func sendParameters(
        _ bytes: Range<Int>, ofStep step: Int, _ message: CoordinatorMessage, to peer: Peer
    ) throws {
        let beginning = onlookers.beginning
        training.update(upTo: bytes.upperBound / 4)
        let chunk = outgoing.chunk(bytes, ofStep: step, of: training.model, keeping: state.stepsInUse)
        onlookers.trace("update and send parameters", step: step + 1, since: beginning)
        guard let chunk else { return }
        onlookers.sent(parameters: chunk.count, to: peer)
        check(try post.send(message, step: step, chunk, to: peer), peer)
    }

    private func storeParameters(_ step: Int, _ peer: Peer) throws {
        let beginning = onlookers.beginning
        if let room = outgoing.room(forStep: training.model.step, keeping: state.stepsInUse) {
            training.write(to: room)
        }
        onlookers.trace("update and store parameters", step: step + 1, since: beginning)
        guard let slot = outgoing.stored else { return }
        onlookers.sent(parameters: outgoing.memory?.slotBytes ?? 0, to: peer)
        check(try post.send(.parametersStored(slot), step: step, to: peer), peer)
    }
}

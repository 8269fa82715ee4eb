import Contract
import Coordination
import Logging
import Messaging
import Training

/// What happens to a coordinator: messages, news of other threads, and time.
extension CoordinatorProcess {
    /// Waits for something to happen, and takes it in.
    func turn() throws {
        if queue.isEmpty {
            try post.wait(for: inbox.doorbell, atMost: .milliseconds(50))
        }
        try drainSockets()
        takeNews()
        try passTime()
        handleQueue()
    }

    private func passTime() throws {
        pulse()
        if onlookers.isStatusDue() { onlookers.show(status()) }
        if onlookers.areSpansDue() { try askForSpans() }
        for peer in pixels.peers { handle(.reading(for: peer), Message([])) }
        handle(.tick, Message([]))
        noteAbsence()
        if let complaint = pixels.complaint(at: clock.now, limit: options.timing.silence) { tell(complaint) }
    }

    /// About once a second: says that this loop goes round, and sees to it that a revoked worker goes while it is connected.
    private func pulse() {
        guard clock.now >= pulseDue else { return }
        pulseDue = clock.now + .seconds(1)
        reporter.report(.alive)
        if state.roundUnderWay?.kind == .evaluation {
            let examples = training.program.evaluation.examples
            reporter.report(
                .evaluatedPart(examples: Int(state.committedShare * Double(examples)), of: examples))
        }
        for name in gate.takeRevoked() { queue.append(.expelled(name: name, reason: "its key was revoked")) }
    }

    /// Asks workers what they did.
    private func askForSpans() throws {
        for worker in state.workers(at: clock.now) where worker.activity != .preparing {
            check(try post.send(.spansWanted(clock.now), step: training.model.step, to: worker.peer), worker.peer)
        }
    }

    /// Who has lost the coordinator for a moment comes back in less than that.
    private func noteAbsence() {
        guard !state.hasMembers else { return absentSince = nil }
        let since = absentSince ?? clock.now
        absentSince = since
        if let noMoreWorkers, clock.now - since > options.timing.silence { abandon(noMoreWorkers) }
    }

    // MARK: - Messages

    /// Control first, and again between bulk messages, so that a heartbeat never waits behind gradients.
    ///
    /// Both are bounded, and libzmq takes turns between peers: whoever floods a link delays neither the other link, nor the
    /// clock, nor the other workers.
    private func drainSockets() throws {
        for _ in 0..<256 {
            for _ in 0..<64 {
                guard let arrival = try post.nextControl() else { break }
                take(arrival, isBulk: false)
            }
            guard let arrival = try post.nextBulk() else { return }
            take(arrival, isBulk: true)
        }
    }

    private func take(_ arrival: consuming Arrival, isBulk: Bool) {
        guard let peer = gate.peer(arrival) else { return gate.drop(arrival) }
        do throws(WireError) {
            let envelope = try arrival.decoded(WorkerMessage.self)
            if isBulk { onlookers.received(arrival.payload.count, from: peer) }
            if envelope.body.isBulk == isBulk {
                handle(.received(envelope, from: peer), arrival.payload)
                if case .hello(let hello) = envelope.body, let address = arrival.address(ofDoor: hello.door) {
                    queue.append(.located(peer, address: address, key: arrival.sender?.description ?? ""))
                }
            } else {
                handle(.misdirected(envelope.body, from: peer), Message([]))
            }
        } catch {
            log.debug("malformed message: \(error)")
            handle(.malformed(error, from: peer), Message([]))
        }
        handleQueue()
    }

    func handleQueue() {
        while !queue.isEmpty { handle(queue.removeFirst(), Message([])) }
    }

    private func handle(_ event: CoordinatorEvent, _ payload: borrowing Message) {
        for action in state.handle(event, at: clock.now) {
            do {
                try carryOut(action, payload)
            } catch {
                fail(error)
            }
        }
    }

    // MARK: - News

    func takeNews() {
        for news in inbox.takeAll() {
            switch news {
            case .noMoreWorkers(let sentence): noMoreWorkers = sentence
            case .interrupted(let reason): interrupt(reason)
            case .archivist(let news): take(news)
            case .pixels(let news): take(news)
            }
        }
    }

    private func take(_ news: Archivist.News) {
        switch news {
        case .saved(let path, let step):
            keeper.noteSaved(path, step: step)
            onlookers.note { $0.save(step: step, at: clock.now) }
            reporter.report(.checkpointSaved(path: path, step: step))
            sayFarewell()
        case .pictures(let paths, let moment): reporter.report(.pictures(paths: paths, moment))
        case .picturesFailed(let sentence): tell(sentence)
        case .failed(let error): fail(error)
        }
    }

    private func take(_ news: PixelReader.News) {
        pixels.finishOne(at: clock.now, for: state.isMember)
        guard news.request.epoch == post.epoch else { return }
        do {
            try send(news.pixels.get(), of: news.request)
        } catch {
            fail(error)
        }
    }

    private func send(_ pixels: [UInt8], of request: ReadingList.Request) throws {
        guard state.isMember(request.peer) else { return }
        onlookers.sent(pixels: pixels.count, to: request.peer)
        let outcome = try post.send(
            pixels, of: request.examples, in: request.split, step: training.model.step, to: request.peer)
        check(outcome, request.peer)
    }
}

extension WorkerState {
    /// Sorts a message out; what is not of this run and coordinator is dropped.
    mutating func receive(_ envelope: Envelope<CoordinatorMessage>) {
        if case .searching = phase { return receiveWhileSearching(envelope) }
        if case .stranger = envelope.body { return meetStranger(envelope) }
        guard envelope.fence.matches(fence) else { return countMalformed() }
        heard = now
        peers.knownStep = max(peers.knownStep, envelope.fence.step)
        switch envelope.body {
        case .welcome, .heartbeat, .stranger, .status: break
        case .spansWanted(let moment): actions.append(.tellSpans(asked: moment))
        case .accepted: becomeMember()
        case .refused(let reason): end("the coordinator refused this worker: \(reason)", .refused)
        case .lease(let lease): take(lease)
        case .credit(let bytes): takeCredit(bytes)
        case .parameters(let offset, let bytes, let duties):
            takeParameters(step: envelope.fence.step, offset, bytes, duties)
        case .parametersStored(let slot): takeParameters(step: envelope.fence.step, in: slot)
        case .peers(let table): meet(table)
        case .duties(let duties): take(duties)
        case .rows(let rows): take(rows)
        case .goodbye(let sentence, let fate): sayGoodbye(sentence, fate)
        }
    }

    private mutating func receiveWhileSearching(_ envelope: Envelope<CoordinatorMessage>) {
        heard = now
        switch envelope.body {
        case .welcome(let welcome): join(welcome, envelope.fence)
        case .refused(let reason): end("the coordinator refused this worker: \(reason)", .refused)
        case .goodbye(let sentence, let fate): if !looksFurther(after: fate) { endWithCoordinator(sentence, fate) }
        default: break
        }
    }

    /// While nobody was met, another version is what the coordinator at that address speaks.
    mutating func ignoreMalformed(_ error: WireError) {
        countMalformed()
        guard case .searching = phase, case .version = error else { return }
        end("cannot work for the coordinator at \(configuration.endpoint): \(error)", .refused)
    }

    /// The coordinator does not know this worker: it restarted, or took it for dead.
    private mutating func meetStranger(_ envelope: Envelope<CoordinatorMessage>) {
        note(.searching("the coordinator does not know this worker any more; joining again"))
        search()
    }

    private mutating func becomeMember() {
        guard case .proving = phase else { return }
        phase = .member
        acceptancePatience = timing.silence
    }

    private mutating func sayGoodbye(_ sentence: String, _ fate: RunFate) {
        send(.leaving)
        guard looksFurther(after: fate) else { return endWithCoordinator(sentence, fate) }
        note(
            .searching(
                "the coordinator has ended: \(sentence); looking for the next one at \(configuration.endpoint), \(tryingFor)"
            ))
        search()
    }

    private func looksFurther(after fate: RunFate) -> Bool {
        fate == .interrupted && configuration.outlivesCoordinator
    }

    private mutating func endWithCoordinator(_ sentence: String, _ fate: RunFate) {
        end("the coordinator has ended: \(sentence)", fate == .failed ? .failed : .finished)
    }
}

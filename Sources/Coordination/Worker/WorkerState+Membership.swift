import Contract

/// Finding a coordinator, joining its run, and noticing that it is gone.
extension WorkerState {
    // MARK: - Searching

    mutating func search() {
        dropWork()
        fence = .outside
        phase = .searching(since: now)
        searchNoticeDue = now + timing.silence
        searchHint = nil
        openLinks(for: timing.firstSearch)
    }

    /// What was on its way is void, so the worker joins anew; what it has built and the pixels stay.
    mutating func disconnect() {
        switch phase {
        case .idle, .searching, .ended: return
        case .preparing, .proving, .member: searchAnew("the connection to the coordinator was lost; connecting again")
        }
    }

    /// A connection can come up and lead nowhere, and libzmq keeps it. So links are opened anew after a while, which doubles, since
    /// a handshake may take long where much is going on.
    private mutating func openLinks(for interval: Duration) {
        linksInterval = interval
        linksDue = now + interval
        helloInterval = .milliseconds(50)
        connections += 1
        actions.append(.connect)
        sayHello()
    }

    private mutating func sayHello() {
        helloDue = now + helloInterval
        helloInterval = min(helloInterval * 2, .seconds(1))
        // A name that a coordinator gave stays, also for the next one.
        var hello = configuration.hello
        if hello.name.isEmpty { hello.name = welcome?.name ?? "" }
        hello.connection = connections
        send(.hello(hello))
    }

    private mutating func searchOn(since start: Duration) {
        let seconds = Int((now - start).inSeconds)
        if now - start > timing.patience {
            return end(
                "no coordinator answered at \(configuration.endpoint) for \(seconds) s\(hint); start one there, "
                    + "or name another address with --connect", .failed)
        }
        if now >= searchNoticeDue {
            searchNoticeDue = now + timing.reminder
            note(
                .searching(
                    "no coordinator has answered at \(configuration.endpoint) for \(seconds) s\(hint); "
                        + tryingFor))
        }
        if now >= linksDue { return openLinks(for: min(linksInterval * 2, timing.longestSearch)) }
        if now >= helloDue { sayHello() }
    }

    private var hint: String {
        switch searchHint {
        case nil: ""
        case .stranger:
            " (another program listens there, or a coordinator whose key is not the one in this worker's keys)"
        case .keyless:
            " (what listens there uses no keys: start that coordinator with --keys, or this worker with --insecure)"
        case .unresolved(let sentence): " (\(sentence))"
        }
    }

    var tryingFor: String {
        timing.patience < Timing.unlimited ? "trying for \(timing.patience.span)" : "still trying"
    }

    /// The log says so at once, and once.
    mutating func noteUnresolved(_ sentence: String) {
        guard case .searching = phase, searchHint != .unresolved(sentence) else { return }
        searchHint = .unresolved(sentence)
        note(.searching("\(sentence); \(tryingFor)"))
    }

    /// A refused key is refused again, and libzmq tries it no more. A stranger may have taken the place of a coordinator that comes back.
    mutating func turnAway(_ turning: Turning) {
        guard case .searching = phase else { return }
        switch turning {
        case .byStranger: searchHint = .stranger
        case .byKeyless: searchHint = .keyless
        case .byCoordinator:
            end(
                "the coordinator at \(configuration.endpoint) refuses this worker's key: it is not in the coordinator's list (make "
                    + "one with `tributary keys add` on the coordinator's machine), or the worker was expelled (the coordinator's log "
                    + "says why; a restart of the coordinator lets it in again)", .refused)
        case .forLackOfKeys:
            end(
                "the coordinator at \(configuration.endpoint) lets in only workers with keys: take the folder that `tributary keys "
                    + "add` makes on the coordinator's machine, and start this worker with --keys FOLDER", .refused)
        }
    }

    // MARK: - Joining

    mutating func join(_ welcome: CoordinatorMessage.Welcome, _ fence: Fence) {
        guard case .searching = phase else { return }
        guard isNotOlder(fence) else { return }
        self.fence = fence  // also of the words with which it may leave
        do {
            let contract = try Contract(json: welcome.contract)
            let plan = try contract.plan()
            let budget = MemoryBudget(
                limit: configuration.memoryLimit, welcome: welcome, threads: configuration.hello.threads, graphs: nil,
                duties: dutyBytes(of: contract, welcome))
            if let problem = budget.problem(examples: contract.microbatch) { return fail(problem, .refused) }
            self.welcome = welcome
            upload = CreditWindow(limit: welcome.windowBytes, chunkBytes: welcome.chunkBytes)
            note(.connected("joined run \(fence.run) at \(configuration.endpoint) as \(welcome.name)"))
            prepare(contract, plan, welcome, graphBytes: budget.bytesForGraphs(besides: contract.microbatch))
        } catch {
            send(.failed("\(error)"))
            end(
                "the coordinator at \(configuration.endpoint) sent a contract that cannot be used: \(error)",
                .refused)
        }
    }

    /// A coordinator that was replaced may still talk; its epoch gives it away.
    private mutating func isNotOlder(_ fence: Fence) -> Bool {
        if let newest = newestEpochs[fence.run], fence.epoch < newest { return false }
        newestEpochs = [fence.run: fence.epoch]
        return true
    }

    /// Builds only what is not built yet: after a coordinator's restart the contract is the same.
    private mutating func prepare(
        _ contract: Contract, _ plan: ShardPlan, _ welcome: CoordinatorMessage.Welcome, graphBytes: Int
    ) {
        phase = .preparing
        actions.append(.sendBulk(envelope(.attach)))
        if let assignment, assignment.contract == contract, assignment.sizes == welcome.sizes {
            measureRoom()
            if let probe = assignment.probe { prove(probe) }
            return
        }
        let sizes = [PixelSplit.training: contract.trainingExamples, .validation: contract.validationExamples]
        assignment = Assignment(
            contract: contract, plan: plan, sizes: welcome.sizes,
            ledger: PixelLedger(shards: contract.shards, sizes: sizes), room: PixelRoom(contract))
        actions.append(.prepare(contract, welcome, graphBytes: graphBytes))
    }

    /// A coordinator on this machine can share memory; a new membership gets new slots, so that nobody writes over what the
    /// coordinator has of the old one. What is built by now has the sizes of the welcome, so a region has them, too.
    private mutating func openMemory() {
        guard let welcome, let region = welcome.memory else { return }
        guard region.holdsParameters(welcome.sizes) else { return countMalformed() }
        sumSlots = SumSlots()
        actions.append(
            .openMemory(region, slots: MemoryRegion.sumSlots, slotBytes: welcome.sizes.largestPartialBytes))
    }

    mutating func offer(_ region: MemoryRegion) {
        memory = region
        send(.memory(region))
    }

    mutating func takePrepared(_ probe: String, _ graphBytes: Int) {
        assignment?.probe = probe
        assignment?.graphBytes = graphBytes
        measureRoom()
        prove(probe)
    }

    private mutating func prove(_ probe: String) {
        guard phase == .preparing else { return }
        phase = .proving(since: now)
        openMemory()
        send(.ready(probe: probe))
    }

    // MARK: - Time

    mutating func tick() {
        switch phase {
        case .idle, .ended: return
        case .searching(let start): return searchOn(since: start)
        case .preparing, .proving, .member: break
        }
        if let reason = reasonToJoinAnew { return searchAnew(reason) }
        seeToPeers()
        beatHeart()
    }

    /// Why the connections of now are not worth keeping, if so.
    private var reasonToJoinAnew: String? {
        if now - heard > timing.silence {
            return "the coordinator has been silent for \((now - heard).text); looking for it again"
        }
        if case .proving(let since) = phase, now - since > acceptancePatience {
            return
                "this worker has been ready for \((now - since).text), and the coordinator at \(configuration.endpoint) has heard nothing "
                + "over the bulk link: check that the second port, which is one higher, can be reached; connecting again"
        }
        let stalled = upload.stalled(at: now)
        return stalled > timing.stall
            ? "the coordinator took nothing off the bulk link for \(stalled.text); connecting again" : nil
    }

    private mutating func searchAnew(_ reason: String) {
        note(.searching(reason))
        if case .proving = phase { acceptancePatience = min(acceptancePatience * 2, timing.longestSearch * 2) }
        search()
    }

    /// The bulk link may come up late, and until then takes no message: so *attach* is repeated with each heartbeat, until the worker is
    /// accepted.
    private mutating func beatHeart() {
        guard now >= heartbeatDue else { return }
        heartbeatDue = now + timing.heartbeat
        send(.heartbeat(busy: unfinishedTasks, taken: peers.taken))
        peers.taken = 0
        greetPeers(thatAnswer: true)
        if phase != .member { actions.append(.sendBulk(envelope(.attach))) }
    }
}

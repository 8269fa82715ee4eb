import Contract
import Testing

@testable import Coordination

/// What a worker does for others.
@Suite struct WorkerDutiesTests {
    private let round = Round(step: 0, kind: .training)
    private let duties = Duties(number: 1, holders: [[1], [2]])

    /// A member, [1], that reaches [2].
    private func bench(_ contract: Contract = Samples.contract()) -> Bench {
        var bench = Bench()
        bench.join(contract)
        let entries = (1...2).map {
            PeerEntry(identity: [$0], name: "node\($0)", address: "tcp://10.0.0.\($0):7100", key: "")
        }
        _ = bench.hear(.peers(.init(own: [1], entries: entries)))
        _ = bench.hear(.greeted, from: [2])
        _ = bench.hear(.duties(duties))
        return bench
    }

    private func piece(_ node: Int, offset: Int, duties: UInt64 = 1, step: Int = 0) -> SumPiece {
        SumPiece(
            round: Round(step: step, kind: .training), duties: duties, node: node, offset: offset,
            bytes: min(16, 20 - offset))
    }

    /// Takes a lease of one leaf and computes it.
    private func compute(_ node: Int, lease: UInt64 = 1, in bench: inout Bench) throws -> [WorkerAction] {
        _ = bench.hear(.lease(.init(identifier: lease, round: round, node: node, duties: 1)))
        _ = bench.hearParameters(step: 0)
        let plan = try Samples.contract().plan()
        let leaves = bench.hearRows(plan.microbatch(step: 0, shard: node - 8, seed: 7).examples).leaves
        return leaves.flatMap { bench.handle(.leafFinished($0)) }
    }

    @Test func itSaysWhomItReaches() {
        var bench = Bench()
        bench.join()
        let entries = [[1], [2]].map { PeerEntry(identity: $0, name: "", address: "tcp://h:1", key: "") }
        let met = bench.hear(.peers(.init(own: [1], entries: entries)))
        #expect(met.contains(.introduce([entries[1]])))
        #expect(met.greeted == [[2]] && met.reached == [[]])
        let answered = bench.hear(.greeted, from: [2])
        #expect(answered.reached == [[[2]]])
        let lost = bench.handle(.peerLost([2]))
        #expect(lost.reached == [[]] && lost.contains(.reconnect(entries[1])))
    }

    @Test func eachChunkGoesToItsHolder() throws {
        var bench = bench()
        let actions = try compute(8, in: &bench)
        #expect(actions.contains(.keepPiece(piece(8, offset: 0), isOwn: true)))
        #expect(actions.contains(.sendPiece(piece(8, offset: 16), to: [2])))
        #expect(!actions.contains { if case .upload = $0 { true } else { false } })
        #expect(actions.delivered.isEmpty)
        let credited = bench.hear(.credit(bytes: 4), from: [2])
        #expect(credited.delivered.map(\.lease) == [1])
    }

    @Test func aSumThatWasTakenBeforeItsLeafIsFinishedIsDeliveredWhenThatIs() throws {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        _ = bench.hearParameters(step: 0)
        let plan = try Samples.contract().plan()
        let leaf = try #require(
            bench.hearRows(plan.microbatch(step: 0, shard: 0, seed: 7).examples).leaves.first)
        for chunk in 0..<2 { _ = bench.handle(.chunkReady(leaf, chunk: chunk)) }
        let early = bench.hear(.credit(bytes: 4), from: [2])
        #expect(early.delivered.isEmpty)
        let finished = bench.handle(.leafFinished(leaf))
        #expect(finished.delivered.map(\.lease) == [1])
    }

    @Test func aRenewedLeaseIsDeliveredAgainWithoutComputing() throws {
        var bench = bench()
        _ = try compute(8, in: &bench)
        _ = bench.hear(.duties(.init(number: 2, holders: [[2]])))
        let actions = bench.hear(.lease(.init(identifier: 9, round: round, node: 8, duties: 2)))
        #expect(actions.leaves.isEmpty)
        #expect(actions.contains(.sendPiece(piece(8, offset: 0, duties: 2), to: [2])))
        let credited = bench.hear(.credit(bytes: 4), from: [2])
        #expect(credited.delivered.isEmpty)
    }

    @Test func anOlderLeaseThatComesLateChangesNothing() throws {
        var bench = bench()
        _ = try compute(8, lease: 3, in: &bench)
        let newer = bench.hear(.lease(.init(identifier: 9, round: round, node: 8)))
        #expect(newer.contains { if case .upload = $0 { true } else { false } })
        let late = bench.hear(.lease(.init(identifier: 4, round: round, node: 8, duties: 1)))
        #expect(!late.contains { if case .sendPiece = $0 { true } else { false } })
        let credit = bench.hear(.credit(bytes: 16))
        #expect(credit.allSatisfy { if case .upload(let chunk) = $0 { chunk.lease == 9 } else { true } })
    }

    @Test func underTheStarTheCoordinatorGetsTheSum() throws {
        var bench = bench()
        _ = try compute(8, in: &bench)
        let actions = bench.hear(.lease(.init(identifier: 9, round: round, node: 8)))
        let bytes = actions.reduce(0) { if case .upload(let chunk) = $1 { $0 + chunk.bytes } else { $0 } }
        #expect(bytes == 20)
    }

    @Test func itAddsWhatComesAndSendsTheRootsPiece() {
        var bench = bench()
        let kept = bench.hear(.sum(piece(2, offset: 0)), through: [77])
        #expect(kept.contains(.keepPiece(piece(2, offset: 0), isOwn: false)))
        #expect(kept.contains { if case .answerPeer(let e, [77]) = $0 { e.body == .credit(bytes: 16) } else { false } })
        let added = bench.hear(.sum(piece(3, offset: 0)), through: [77])
        #expect(added.suffix(2) == [.addPieces(piece(1, offset: 0)), .uploadPiece(piece(1, offset: 0))])
    }

    @Test func piecesThatAreNoneAreCountedAndDropped() {
        var bench = bench()
        for bad in [piece(99, offset: 0), piece(2, offset: 5)] {
            let actions = bench.hear(.sum(bad), through: [77])
            #expect(!actions.contains { if case .keepPiece = $0 { true } else { false } })
        }
        #expect(bench.state.malformed == 2)
    }

    @Test func piecesOfTheNextStepReplaceThoseOfThisOne() {
        var bench = bench()
        _ = bench.hear(.sum(piece(2, offset: 0)), through: [77])
        let next = bench.hear(.sum(piece(2, offset: 0, step: 1)), through: [77])
        #expect(next.contains(.forgetPieces))
        let late = bench.hear(.sum(piece(3, offset: 0)), through: [77])
        #expect(!late.contains(.keepPiece(piece(3, offset: 0), isOwn: false)))
    }

    @Test func parametersArePassedOnAlsoWhereTheirDutiesComeLater() {
        var bench = bench()
        let chunk = PassedParameters(step: 0, duties: 1, offset: 0, bytes: 16)
        let actions = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1))
        #expect(actions.contains(.keepParameters(step: 0, offset: 0)))
        #expect(actions.contains(.passParameters(chunk, to: [2])))
        let early = bench.hear(.parameters(offset: 0, bytes: 16, duties: 2), step: 1)
        #expect(early.contains(.keepParameters(step: 1, offset: 0)))
        #expect(!early.contains { if case .passParameters = $0 { true } else { false } })
        let late = bench.hear(.duties(.init(number: 2, holders: [[1], [2]])))
        #expect(late.contains(.passParameters(PassedParameters(step: 1, duties: 2, offset: 0, bytes: 16), to: [2])))
    }

    @Test func chunksOfParametersComeInAnyOrderAndFromAnybody() {
        var bench = bench()
        _ = bench.hear(.parameters(offset: 32, bytes: 8, duties: 1))
        _ = bench.hear(.parameters(offset: 32, bytes: 8, duties: 1), through: [77])
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1), through: [77])
        let last = bench.hear(.parameters(offset: 16, bytes: 16, duties: 1), through: [77])
        #expect(last.contains(.useParameters(step: 0)))
    }

    @Test func whatIsFurtherOnThanTheRunPutsNothingAside() {
        var bench = bench()
        var fence = Samples.fence
        fence.step = 1_000_000
        let far = Envelope(PeerMessage.parameters(offset: 0, bytes: 16, duties: 1), fence: fence)
        #expect(!bench.handle(.receivedFromPeer(far, .door([77]))).contains(.beginParameters(step: 1_000_000)))
        for bad in [piece(2, offset: 0, step: 1_000_000), piece(2, offset: 0, duties: .max), piece(2, offset: 16)] {
            let actions = bench.hear(.sum(bad), through: [77])
            #expect(!actions.contains(.forgetPieces) && !actions.contains(.keepPiece(bad, isOwn: false)))
        }
        let good = bench.hear(.sum(piece(2, offset: 0)), through: [77])
        #expect(good.contains(.keepPiece(piece(2, offset: 0), isOwn: false)))
    }

    /// Also under duties that it has not heard of yet, of which it does not know whose chunks are whose.
    @Test(arguments: [1, 2] as [UInt64]) func noMorePiecesAreHeldThanTheBudgetHas(_ number: UInt64) {
        var bench = bench(Samples.contract(shards: 64, examples: 1_000))
        var kept = 0
        for node in stride(from: 64, to: 128, by: 2) {
            for offset in [0, 16] {
                let piece = piece(node, offset: offset, duties: number)
                let actions = bench.hear(.sum(piece), through: [77])
                if actions.contains(.keepPiece(piece, isOwn: false)) { kept += piece.bytes }
            }
        }
        // Of 64 leaves every second, of which this worker adds the first chunk; of unknown duties 640 bytes came.
        #expect(kept == (number == 1 ? 512 : 544))
        #expect(bench.state.malformed > 0)
    }

    /// 100 bytes of pieces, 40 of parameters that are passed on, and 60 under way; nothing where others do not reach it.
    @Test func theBudgetCountsWhatDutiesTake() {
        let alone = MemoryBudget(limit: 0, welcome: Bench.welcome, threads: 1, graphs: 0, duties: 0).bytes(examples: 4)
        for (door, more, joins) in [("", 0, true), (":7100", 0, false), (":7100", 199, false), (":7100", 200, true)] {
            var bench = Bench(memoryLimit: Int(alone) + more, door: door)
            _ = bench.handle(.begin)
            var welcome = Bench.welcome
            welcome.givesDuties = true
            let actions = bench.hear(.welcome(welcome))
            #expect(actions.contains { if case .prepare = $0 { true } else { false } } == joins, "\(door) \(more)")
        }
    }

    @Test func aSumOnALostConnectionIsNotInHand() throws {
        var bench = bench()
        _ = try compute(8, in: &bench)
        #expect(bench.busy() == 1)
        _ = bench.handle(.peerLost([2]))
        #expect(bench.busy() == 0)
    }

    @Test func onlyTheOneWhoIsMeantAnswers() {
        var bench = bench()
        let meant = bench.hear(.greeting(to: [1]), through: [77])
        let other = bench.hear(.greeting(to: [9]), through: [77])
        #expect(meant.contains { if case .answerPeer = $0 { true } else { false } } && other.isEmpty)
    }

    @Test func whatIsLostOnTheWayComesFromTheCoordinator() {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1))
        _ = bench.hear(.duties(.init(number: 2, holders: [[2]])))
        let actions = bench.hear(.lease(.init(identifier: 2, round: round, node: 8, duties: 2)))
        #expect(actions.messages.contains(.parametersWanted))
    }

    /// Nor may they have begun to come.
    @Test func whatWasToComeUnderLostDutiesComesFromTheCoordinator() {
        var bench = bench()
        let begun = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        _ = bench.hear(.duties(.init(number: 2, holders: [[2]])))
        let renewed = bench.hear(.lease(.init(identifier: 2, round: round, node: 8, duties: 2)))
        let another = bench.hear(.lease(.init(identifier: 3, round: round, node: 9, duties: 2)))
        #expect([begun, renewed, another].map { $0.messages.contains(.parametersWanted) } == [false, true, false])
    }

    /// Two chunks of a step's parameters from the coordinator, and one from another worker.
    private func hearSomeFromOthers(in bench: inout Bench) -> [WorkerAction] {
        let own = [(0, 16), (32, 8)].flatMap { bench.hear(.parameters(offset: $0.0, bytes: $0.1)) }
        return own + bench.hear(.parameters(offset: 16, bytes: 16, duties: 1), through: [77])
    }

    /// Whoever passed something wrong on would else have an honest worker blamed.
    @Test func aCheckRestsOnNothingThatOthersPassedOn() throws {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        let begun = hearSomeFromOthers(in: &bench)
        #expect(begun.contains(.useParameters(step: 0)))
        let examples = try Samples.contract().plan().microbatch(step: 0, shard: 0, seed: 7).examples
        for leaf in bench.hearRows(examples).leaves { _ = bench.handle(.leafFinished(leaf)) }
        let check = bench.hear(.lease(.init(identifier: 9, round: round, node: 8, isCheck: true)))
        #expect(check.contains(.forget(round, node: 8)) && check.messages.contains(.parametersWanted))
        #expect(check.leaves.isEmpty)
        let late = hearSomeFromOthers(in: &bench)
        #expect(!late.contains(.useParameters(step: 0)))
        let last = bench.hear(.parameters(offset: 16, bytes: 16))
        #expect(last.contains(.useParameters(step: 0)) && last.leaves.count == 1)
        let another = bench.hear(.lease(.init(identifier: 10, round: round, node: 9, isCheck: true)))
        #expect(!another.messages.contains(.parametersWanted))
    }

    /// Whatever had come of them, or had not.
    @Test(arguments: 0...2) func whoGetsACheckHasParametersInTheEnd(chunksBefore: Int) throws {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        if chunksBefore > 0 { _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1)) }
        if chunksBefore > 1 { _ = bench.hear(.parameters(offset: 16, bytes: 16, duties: 1), through: [77]) }
        let check = bench.hear(.lease(.init(identifier: 9, round: round, node: 8, isCheck: true)))
        let second = bench.hear(.lease(.init(identifier: 10, round: round, node: 9, isCheck: true)))
        #expect([check, second].map { $0.messages.contains(.parametersWanted) } == [true, false])
        // One more that the coordinator had sent before counts like the others that it sends.
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1))
        let rest = [(16, 16), (32, 8)].flatMap { bench.hear(.parameters(offset: $0.0, bytes: $0.1)) }
        #expect(rest.contains(.useParameters(step: 0)))
    }

    /// A holder may have its first lease before its chunks.
    @Test func whoHearsThatSomeWereToComeFromOthersAsksForThem() {
        var bench = bench()
        let lease = bench.hear(.lease(.init(identifier: 1, round: round, node: 8)))
        let labelled = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1))
        let another = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1))
        #expect([lease, labelled, another].map { $0.messages.contains(.parametersWanted) } == [false, true, false])
        #expect(bench.hearParameters(step: 0).contains(.useParameters(step: 0)))
    }

    @Test func whatTheCoordinatorAddsRestsOnItsOwnParameters() {
        var bench = bench()
        _ = hearSomeFromOthers(in: &bench)
        let begun = bench.hear(.lease(.init(identifier: 1, round: round, node: 8)))
        #expect(begun.messages.contains(.parametersWanted))
        var sound = self.bench()
        _ = sound.hearParameters(step: 0)
        let other = sound.hear(.lease(.init(identifier: 1, round: round, node: 8)))
        #expect(!other.messages.contains(.parametersWanted))
    }

    /// Its next lease may be long in coming, and it passes on parameters of later steps meanwhile.
    @Test func whoHasComputedEverythingAsksForNoParameters() throws {
        var bench = bench()
        _ = try compute(8, in: &bench)
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1), step: 1)
        #expect(bench.questionsInSixSeconds() == 0)
    }

    /// It asks for those of a step that is over, which nobody sends, and turns away what comes meanwhile. Then it has a lease of a later one.
    @Test func parametersThatWereTurnedAwayAreAskedForWithTheirLease() {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1), step: 1)
        #expect(bench.questionsInSixSeconds() == 1)
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1), step: 2)
        let next = Round(step: 2, kind: .training)
        let leased = bench.hear(.lease(.init(identifier: 2, round: next, node: 8, duties: 1)), step: 2)
        #expect(leased.messages.contains(.parametersWanted))
        #expect(bench.hearParameters(step: 2).contains(.useParameters(step: 2)))
    }

    /// Parameters of later steps that come all the time are not those that it waits for.
    @Test func parametersOfOtherStepsDoNotPutTheQuestionOff() {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        var step = 0
        let asked = bench.questionsInSixSeconds { bench in
            step += 1
            _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1), step: step)
        }
        #expect(asked == 1)
    }

    /// What it has added for a later round is nothing that others wait for.
    @Test func whoGoesBackSendsNoMoreSumsOfTheLaterRound() throws {
        var bench = bench()
        _ = bench.handle(.peerLost([2]))
        let later = Round(step: 1, kind: .training)
        _ = bench.hear(.lease(.init(identifier: 1, round: later, node: 8, duties: 1)), step: 1)
        _ = bench.hearParameters(step: 1)
        let plan = try Samples.contract().plan()
        let leaves = bench.hearRows(plan.microbatch(step: 1, shard: 0, seed: 7).examples).leaves
        for leaf in leaves { _ = bench.handle(.leafFinished(leaf)) }
        var other = bench
        _ = bench.hear(.lease(.init(identifier: 9, round: round, node: 9, isCheck: true)), step: 1)
        let sent = [bench.hear(.greeted, from: [2]), other.hear(.greeted, from: [2])].map { actions in
            actions.contains { if case .sendPiece = $0 { true } else { false } }
        }
        #expect(sent == [false, true])
    }

    /// Somebody who passed on a wrong chunk has a worker ask the coordinator twice, and is not to have it compute with that chunk.
    @Test func aCheckRestsOnNothingThatOthersPassedOnBeforeDutiesChanged() {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        _ = bench.hear(.parameters(offset: 0, bytes: 16, duties: 1))
        _ = bench.hear(.parameters(offset: 16, bytes: 16, duties: 1), through: [77])
        _ = bench.hear(.duties(.init(number: 2, holders: [[2]])))
        let renewed = bench.hear(.lease(.init(identifier: 2, round: round, node: 8, duties: 2)))
        #expect(renewed.messages.contains(.parametersWanted))
        let check = bench.hear(.lease(.init(identifier: 9, round: round, node: 8, isCheck: true)))
        #expect(check.contains(.beginParameters(step: 0)) && check.messages.contains(.parametersWanted))
        #expect(!bench.hear(.parameters(offset: 32, bytes: 8)).contains(.useParameters(step: 0)))
        #expect(bench.hearParameters(step: 0).contains(.useParameters(step: 0)))
    }

    /// Its sums can be delivered to nobody, and it has nothing in hand.
    @Test(arguments: [true, false]) func aSumForSomebodyWhoIsGoneIsNotInHand(isSummedBefore: Bool) throws {
        var bench = bench()
        if isSummedBefore { _ = try compute(8, in: &bench) }
        _ = bench.hear(.peers(.init(own: [1], entries: [])))
        if !isSummedBefore { _ = try compute(8, in: &bench) }
        #expect(bench.busy() == 0)
    }

    @Test func parametersThatDoNotComeAreAskedFor() {
        var bench = bench()
        _ = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, duties: 1)))
        #expect(bench.questionsInSixSeconds() == 1)
    }
}

extension Bench {
    /// How often it asks for parameters while time passes and the coordinator lives; something else may happen each time.
    fileprivate mutating func questionsInSixSeconds(_ happens: (inout Bench) -> Void = { _ in }) -> Int {
        var asked = 0
        for _ in 0..<24 {
            now += .milliseconds(250)
            _ = hear(.heartbeat)
            happens(&self)
            asked += handle(.tick).messages.count { $0 == .parametersWanted }
        }
        return asked
    }

    fileprivate mutating func hear(_ message: PeerMessage, from identity: [UInt8]) -> [WorkerAction] {
        handle(.receivedFromPeer(Envelope(message, fence: Samples.fence), .line(identity)))
    }

    fileprivate mutating func hear(_ message: PeerMessage, through name: [UInt8]) -> [WorkerAction] {
        var fence = Samples.fence
        if case .sum(let piece) = message { fence.step = piece.round.step }
        return handle(.receivedFromPeer(Envelope(message, fence: fence), .door(name)))
    }
}

extension [WorkerAction] {
    fileprivate var greeted: [[UInt8]] {
        compactMap {
            if case .sendPeer(let envelope, let peer) = $0, case .greeting(peer) = envelope.body { peer } else { nil }
        }
    }

    fileprivate var reached: [[[UInt8]]] {
        messages.compactMap { if case .reached(let identities) = $0 { identities } else { nil } }
    }

    fileprivate var delivered: [WorkerMessage.Delivery] {
        messages.compactMap { if case .delivered(let delivery) = $0 { delivery } else { nil } }
    }
}

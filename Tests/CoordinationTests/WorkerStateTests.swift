import Contract
import Testing

@testable import Coordination

/// Drives a worker by hand, with synthetic time.
struct Bench {
    var state: WorkerState
    var now: Duration = .zero

    init(threads: Int = 1, outlivesCoordinator: Bool = true, memoryLimit: Int = .max, door: String = "") {
        var hello = Samples.hello("", threads: threads)
        hello.door = door
        state = WorkerState(
            .init(
                hello: hello, endpoint: "ipc://somewhere", memoryLimit: memoryLimit,
                outlivesCoordinator: outlivesCoordinator))
    }

    mutating func handle(_ event: WorkerEvent) -> [WorkerAction] {
        state.handle(event, at: now)
    }

    mutating func hear(_ message: CoordinatorMessage, step: Int = 0, epoch: UInt64 = 1) -> [WorkerAction] {
        handle(.received(Envelope(message, fence: Fence(run: Samples.run, epoch: epoch, step: step))))
    }

    static let welcome = CoordinatorMessage.Welcome(
        name: "worker-1", contract: Samples.contract().canonicalJSON, parameterBytes: 40, partialBytes: 20,
        evaluationBytes: 8, exampleBytes: 4, chunkBytes: 16, windowBytes: 64)

    mutating func join(_ contract: Contract = Samples.contract()) {
        var welcome = Self.welcome
        welcome.contract = contract.canonicalJSON
        _ = handle(.begin)
        _ = hear(.welcome(welcome))
        _ = handle(.prepared(probe: "probe"))
        _ = hear(.accepted)
    }

    mutating func hearParameters(step: Int) -> [WorkerAction] {
        [(0, 16), (16, 16), (32, 8)].flatMap { hear(.parameters(offset: $0.0, bytes: $0.1), step: step) }
    }

    /// What its next heartbeat says, 250 ms later.
    mutating func busy() -> Int? {
        now += .milliseconds(250)
        _ = hear(.heartbeat)
        return handle(.tick).messages.compactMap { if case .heartbeat(let busy, _) = $0 { busy } else { nil } }.first
    }

    mutating func hearRows(_ examples: [UInt32]) -> [WorkerAction] {
        hear(.rows(.init(split: .training, examples: examples, bytes: examples.count * 4)))
    }
}

extension [WorkerAction] {
    var notices: [String] {
        compactMap { if case .note(let notice) = $0 { notice.description } else { nil } }
    }

    var messages: [WorkerMessage] {
        compactMap { if case .send(let envelope) = $0 { envelope.body } else { nil } }
    }

    var wanted: [WorkerMessage.RowsWanted] {
        messages.compactMap { if case .rowsWanted(let wanted) = $0 { wanted } else { nil } }
    }

    var leaves: [Leaf] {
        compactMap { if case .compute(let leaf) = $0 { leaf } else { nil } }
    }

    var uploads: [WorkerMessage.PartialChunk] {
        compactMap { if case .upload(let chunk) = $0 { chunk } else { nil } }
    }

    var ending: (sentence: String, end: WorkerEnd)? {
        compactMap { if case .end(let sentence, let end) = $0 { (sentence: sentence, end: end) } else { nil } }
            .first
    }
}

@Suite struct WorkerStateTests {
    private let round = Round(step: 3, kind: .training)

    private func lease(_ node: Int, identifier: UInt64 = 1) -> CoordinatorMessage {
        .lease(.init(identifier: identifier, round: round, node: node))
    }

    private func needed(_ shard: Int) throws -> [UInt32] {
        try Samples.contract().plan().microbatch(step: 3, shard: shard, seed: 7).examples
    }

    @Test func computesOnceParametersAndPixelsAreThere() throws {
        var bench = Bench()
        bench.join()
        let wanted = bench.hear(lease(8), step: 3).wanted
        #expect(wanted.first?.purpose == .microbatch)
        #expect(wanted.first?.examples.sorted() == (try needed(0)).sorted())
        #expect(bench.hearRows(try needed(0)).leaves.isEmpty)
        let leaf = Leaf(round: round, node: 8, shard: 0)
        #expect(bench.hearParameters(step: 3).leaves == [leaf])
        let uploads = bench.handle(.leafFinished(leaf)).uploads
        #expect(uploads.map(\.offset) == [0, 16])
        #expect(uploads.map(\.bytes) == [16, 4])
    }

    /// It still has that step's parameters, and those of the next come before the judged leaf can start.
    @Test func aJudgeKeepsTheParametersOfItsStep() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hearParameters(step: 3)
        let next = CoordinatorMessage.lease(
            .init(identifier: 2, round: Round(step: 4, kind: .training), node: 8))
        _ = bench.hear(next, step: 4)
        _ = bench.hear(.lease(.init(identifier: 3, round: round, node: 9, isCheck: true)), step: 4)
        _ = bench.hear(.parameters(offset: 0, bytes: 16), step: 4)
        #expect(bench.hearRows(try needed(1)).leaves == [Leaf(round: round, node: 9, shard: 1)])
        #expect(bench.hear(next, step: 4).messages.contains(.parametersWanted))
    }

    @Test func asManyLeavesRunAsThereAreThreads() throws {
        var bench = Bench(threads: 2)
        bench.join()
        _ = bench.hear(lease(2), step: 3)
        _ = bench.hearParameters(step: 3)
        var leaves: [Leaf] = []
        for shard in 0..<4 { leaves += bench.hearRows(try needed(shard)).leaves }
        #expect(leaves.map(\.shard) == [0, 1])
        #expect(bench.handle(.leafFinished(leaves[1])).leaves.map(\.shard) == [2])
        #expect(bench.handle(.leafFinished(leaves[0])).leaves.map(\.shard) == [3])
    }

    @Test func pixelsOfTheCurrentMicrobatchAreAskedForBeforeTheRest() throws {
        var bench = Bench()
        bench.join()
        var wanted = bench.hear(lease(8), step: 3).wanted
        #expect(wanted[0].purpose == .microbatch)
        #expect(wanted.dropFirst().allSatisfy { $0.purpose == .copy })
        var seen: Set<UInt32> = []
        while !wanted.isEmpty {
            let examples = wanted.removeFirst()
            guard examples.split == .training else { continue }
            #expect(seen.isDisjoint(with: examples.examples), "asked twice")
            seen.formUnion(examples.examples)
            wanted += bench.hearRows(examples.examples).wanted
            #expect(wanted.allSatisfy { $0.purpose == .copy })
        }
        #expect(seen == Set(stride(from: 0, to: 100, by: 8).map(UInt32.init)))
    }

    @Test func aNewerRoundMakesOlderWorkWorthless() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hearRows(try needed(0))
        let leaf = bench.hearParameters(step: 3).leaves[0]
        let next = Round(step: 4, kind: .training)
        #expect(
            bench.hear(.lease(.init(identifier: 2, round: next, node: 8)), step: 4)
                .contains(.forget(round, node: 8)))
        #expect(bench.handle(.leafFinished(leaf)).uploads.isEmpty)
        #expect(bench.hear(lease(9), step: 3).isEmpty)
    }

    @Test func aRepeatedLeaseRepeatsTheUpload() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hearRows(try needed(0))
        let leaf = bench.hearParameters(step: 3).leaves[0]
        #expect(bench.handle(.leafFinished(leaf)).uploads.map(\.lease) == [1, 1])
        let again = bench.hear(lease(8, identifier: 9), step: 3)
        #expect(again.uploads.map(\.lease) == [9, 9])
        #expect(again.leaves.isEmpty)
    }

    @Test func uploadsKeepWithinTheCredit() throws {
        var bench = Bench(threads: 8)
        bench.join()
        for shard in 0..<8 { _ = bench.hear(lease(8 + shard, identifier: UInt64(shard)), step: 3) }
        for shard in 0..<8 { _ = bench.hearRows(try needed(shard)) }
        let leaves = bench.hearParameters(step: 3).leaves
        let sent = leaves.flatMap { bench.handle(.leafFinished($0)).uploads }.reduce(0) { $0 + $1.bytes }
        #expect(leaves.count == 8)
        #expect(sent == 60)
        #expect(bench.hear(.credit(bytes: 16), step: 3).uploads.map(\.bytes) == [16, 4])
    }

    @Test func pixelsThatAreComingAsCopiesHurryAndAreNotAskedForAgain() throws {
        var bench = Bench()
        bench.join()
        var wanted = bench.hear(lease(8), step: 3).wanted
        let copied = Set(wanted.filter { $0.purpose == .copy && $0.split == .training }.flatMap(\.examples))
        let next = Round(step: 4, kind: .training)
        let needed = try Samples.contract().plan().microbatch(step: 4, shard: 0, seed: 7).examples
        wanted = bench.hear(.lease(.init(identifier: 2, round: next, node: 8)), step: 4).wanted
        let coming = needed.filter(copied.contains)
        #expect(wanted.filter { $0.purpose == .hurry }.flatMap(\.examples).sorted() == coming.sorted())
        #expect(
            !coming.isEmpty
                && Set(wanted.filter { $0.purpose == .microbatch }.flatMap(\.examples)).isDisjoint(with: coming))
    }

    /// The first of two workers to come begins with all shards, and has half of them a moment later.
    @Test func aShardThatAnotherWorkerComputesNowIsCopiedNoFurther() {
        var bench = Bench()
        bench.join()
        var wanted = bench.hear(lease(2), step: 3).wanted
        let next = Round(step: 4, kind: .training)
        wanted += bench.hear(.lease(.init(identifier: 2, round: next, node: 4)), step: 4).wanted
        var later: Set<UInt32> = []
        while !wanted.isEmpty {
            let examples = wanted.removeFirst()
            guard examples.split == .training else { continue }
            let answers = bench.hearRows(examples.examples).wanted.filter { $0.split == .training }
            later.formUnion(answers.flatMap(\.examples))
            wanted += answers
        }
        // Node 2 has the shards 0 to 3 of 8, node 4 the shards 0 and 1.
        #expect(!later.isEmpty && later.allSatisfy { $0 % 8 < 2 }, "\(later.sorted())")
    }

    /// Within a connection nothing is lost, so nothing is asked for twice, however long it takes.
    @Test func nothingIsAskedForTwiceWithinAConnection() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hear(.parameters(offset: 0, bytes: 16), step: 3)
        var said: [WorkerMessage] = []
        for _ in 0..<400 {
            bench.now += .milliseconds(250)
            _ = bench.hear(.heartbeat, step: 3)
            said += bench.handle(.tick).messages
        }
        #expect(said.allSatisfy { if case .heartbeat = $0 { true } else { false } }, "\(said)")
    }

    @Test func aWorkerThatLosesAConnectionJoinsAnewAndAsksForWhatItLacks() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        let missing = try needed(0)
        _ = bench.hearRows([missing[0]])
        let actions = bench.handle(.disconnected)
        #expect(actions.contains(.connect) && actions.messages.last == .hello(Samples.hello("worker-1", connection: 2)))
        #expect(bench.handle(.disconnected).isEmpty, "while it looks for a coordinator, connections come and go")
        _ = bench.hear(.welcome(Bench.welcome))
        _ = bench.hear(.accepted)
        let wanted = bench.hear(lease(8, identifier: 2), step: 3).wanted.filter { $0.purpose == .microbatch }
        #expect(wanted.flatMap(\.examples).sorted() == missing.filter { $0 != missing[0] }.sorted())
    }

    @Test func whatIsSentAndNeverTakenEndsTheConnection() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hearRows(try needed(0))
        _ = bench.hearParameters(step: 3)
        _ = bench.handle(.leafFinished(Leaf(round: round, node: 8, shard: 0)))
        var opened: Duration?
        while opened == nil, bench.now < .seconds(100) {
            bench.now += .milliseconds(250)
            _ = bench.hear(.heartbeat, step: 3)
            if bench.handle(.tick).contains(.connect) { opened = bench.now }
        }
        #expect(opened == .milliseconds(60_250))
    }

    @Test func parametersOfAnEarlierStepAreAskedForSinceWhatComesBeforeTheLeaseIsDropped() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(.lease(.init(identifier: 5, round: Round(step: 4, kind: .training), node: 8)), step: 4)
        _ = bench.hearParameters(step: 4)
        let actions = bench.hear(lease(9, identifier: 6), step: 4)
        #expect(actions.messages.contains(.parametersWanted))
        _ = bench.hearRows(try needed(1))
        #expect(bench.hearParameters(step: 3).leaves.map(\.shard) == [1])
    }

    @Test func messagesOfAnotherCoordinatorAreDropped() {
        var bench = Bench()
        bench.join()
        #expect(bench.hear(lease(8), step: 3, epoch: 2).isEmpty)
        #expect(bench.state.malformed == 1)
    }

    @Test func aSilentCoordinatorIsLookedForUnderAFreshIdentity() {
        var bench = Bench()
        bench.join()
        bench.now = .milliseconds(5_100)
        let actions = bench.handle(.tick)
        #expect(actions.contains(.connect))
        #expect(actions.messages.last == .hello(Samples.hello("worker-1", connection: 2)))
    }

    @Test func afterARestartTheProbeIsNotComputedAgain() {
        var bench = Bench()
        bench.join()
        #expect(bench.hear(.stranger, epoch: 2).contains(.connect))
        let actions = bench.hear(.welcome(Bench.welcome), epoch: 2)
        #expect(actions.messages.contains(.ready(probe: "probe")))
        #expect(!actions.contains { if case .prepare = $0 { true } else { false } })
    }

    @Test func aLeafOfAnEarlierMembershipCountsForNothing() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hearRows(try needed(0))
        let old = bench.hearParameters(step: 3).leaves
        #expect(old.count == 1)
        _ = bench.hear(.stranger)
        _ = bench.hear(.welcome(Bench.welcome))
        _ = bench.hear(.accepted)
        _ = bench.hear(lease(8, identifier: 2), step: 3)
        #expect(bench.hearParameters(step: 3).leaves.isEmpty, "its only thread is still at the old leaf")
        let actions = bench.handle(.leafFinished(old[0]))
        #expect(actions.uploads.isEmpty)
        #expect(actions.leaves.map(\.shard) == [0])
        #expect(actions.leaves != old)
        #expect(bench.handle(.leafFinished(actions.leaves[0])).uploads.map(\.lease) == [2, 2])
    }

    @Test func aReplacedCoordinatorIsNotFollowed() {
        var bench = Bench()
        _ = bench.handle(.begin)
        _ = bench.hear(.welcome(Bench.welcome), epoch: 2)
        bench.now = .seconds(10)
        _ = bench.handle(.tick)
        #expect(bench.hear(.welcome(Bench.welcome), epoch: 1).isEmpty)
        #expect(!bench.hear(.welcome(Bench.welcome), epoch: 2).isEmpty)
    }

    @Test func aCoordinatorOfAnotherVersionIsNamed() {
        var bench = Bench()
        _ = bench.handle(.begin)
        let ending = bench.handle(.malformed(.version(9))).ending
        #expect(ending?.end == .refused)
        #expect(
            ending?.sentence
                == "cannot work for the coordinator at ipc://somewhere: the peer speaks protocol version 9, this program "
                + "speaks \(Header.version); use the same Tributary")
        bench = Bench()
        bench.join()
        #expect(bench.handle(.malformed(.version(9))).isEmpty)
    }

    @Test func aLeafThatCannotBeComputedEndsTheWorkerAndTheCoordinatorIsTold() {
        var bench = Bench()
        bench.join()
        let actions = bench.handle(.leafFailed("no memory"))
        #expect(actions.messages == [.failed("no memory")])
        #expect(actions.ending?.sentence == "no memory")
        #expect(actions.ending?.end == .failed)
    }

    @Test func theSearchEndsInASentence() {
        var bench = Bench()
        _ = bench.handle(.begin)
        var ending: (sentence: String, end: WorkerEnd)?
        while ending == nil, bench.now < .seconds(1_000) {
            bench.now += .milliseconds(250)
            ending = bench.handle(.tick).ending
        }
        #expect(
            ending?.sentence
                == "no coordinator answered at ipc://somewhere for 300 s; start one there, or name another address "
                + "with --connect")
        #expect(ending?.end == .failed)
    }

    @Test func aNameWithoutAnAddressIsToldAndLookedUpAgain() {
        var bench = Bench()
        _ = bench.handle(.begin)
        let sentence = "this machine finds no address for the name nowhere"
        func notices(_ actions: [WorkerAction]) -> [String] {
            actions.compactMap { if case .note(.searching(let sentence)) = $0 { sentence } else { nil } }
        }
        #expect(notices(bench.handle(.unresolved(sentence))) == ["\(sentence); trying for 5 min"])
        #expect(bench.handle(.unresolved(sentence)).isEmpty, "once")
        bench.now = .seconds(6)
        let later = bench.handle(.tick)
        #expect(later.contains(.connect) && notices(later).first?.contains(sentence) == true)
    }

    @Test func aSearchThatNobodyAnswersOpensNewLinksNowAndThen() {
        var bench = Bench()
        _ = bench.handle(.begin)
        var opened: [Duration] = []
        while bench.now < .seconds(40) {
            bench.now += .milliseconds(250)
            if bench.handle(.tick).contains(.connect) { opened.append(bench.now) }
        }
        #expect(opened == [.seconds(1), .seconds(3), .seconds(7), .seconds(15), .seconds(31)])
    }

    /// The coordinator shuts out those who are not in its list, and those whom it expelled, alike.
    @Test func aWorkerWhoseKeyIsNotLetInTellsBothReasons() {
        var bench = Bench()
        _ = bench.handle(.begin)
        let ending = bench.handle(.turnedAway(.byCoordinator)).ending
        #expect(ending?.end == .refused)
        for reason in ["`tributary keys add`", "expelled"] { #expect(ending?.sentence.contains(reason) == true) }
    }

    @Test func aWorkerWithoutKeysEndsWhereTheyAreWanted() {
        var bench = Bench()
        _ = bench.handle(.begin)
        let ending = bench.handle(.turnedAway(.forLackOfKeys)).ending
        #expect(ending?.end == .refused)
        #expect(ending?.sentence.contains("lets in only workers with keys") == true)
        #expect(ending?.sentence.contains("start this worker with --keys FOLDER") == true)
    }

    /// It may be a stranger in the place of a coordinator that comes back, so the search goes on.
    @Test func whereNoKeysAreUsedAWorkerThatHasSomeSaysSoWithinSecondsAndSearchesOn() {
        var bench = Bench()
        _ = bench.handle(.begin)
        #expect(bench.handle(.turnedAway(.byKeyless)).ending == nil)
        bench.now = .seconds(5)
        let hint =
            "(what listens there uses no keys: start that coordinator with --keys, or this worker with --insecure)"
        #expect(
            bench.handle(.tick).notices
                == ["no coordinator has answered at ipc://somewhere for 5 s \(hint); trying for 5 min"])
    }

    @Test func aSearchWithoutLimitDoesNotTellAsManySeconds() {
        var timing = Timing()
        for (patience, text) in [
            (Timing.unlimited, "still trying"), (.seconds(20), "trying for 20 s"), (.seconds(7_200), "trying for 2 h"),
            (.seconds(90), "trying for 90 s"),
        ] {
            timing.patience = patience
            var state = WorkerState(.init(hello: Samples.hello(""), endpoint: "ipc://somewhere", timing: timing))
            _ = state.handle(.begin, at: .zero)
            #expect(state.handle(.tick, at: .seconds(5)).notices.first?.hasSuffix(text) == true)
        }
    }

    @Test func aGoodbyeIsAnsweredAndARefusalIsAnEndOfItsOwn() {
        var bench = Bench()
        bench.join()
        let actions = bench.hear(.goodbye("all steps are done", .finished))
        #expect(actions.messages == [.leaving])
        #expect(actions.ending?.sentence == "the coordinator has ended: all steps are done")
        #expect(actions.ending?.end == .finished)
        bench = Bench()
        _ = bench.handle(.begin)
        #expect(bench.hear(.refused("other bits")).ending?.end == .refused)
        bench = Bench()
        _ = bench.handle(.begin)
        _ = bench.hear(.welcome(Bench.welcome))
        #expect(bench.handle(.unprepared("another processor")).ending?.end == .refused)
    }

    @Test func afterAnInterruptedCoordinatorTheNextOneIsLookedForAndJoined() {
        var bench = Bench()
        bench.join()
        let actions = bench.hear(.goodbye("stopped by SIGTERM", .interrupted))
        #expect(actions.ending == nil)
        #expect(actions.messages.first == .leaving)
        #expect(actions.contains(.connect))
        #expect(
            actions.contains(
                .note(
                    .searching(
                        "the coordinator has ended: stopped by SIGTERM; looking for the next one at ipc://somewhere, "
                            + "trying for 5 min"))))
        // While it saves, it says goodbye to whoever says hello.
        bench.now += .seconds(1)
        #expect(bench.hear(.goodbye("stopped by SIGTERM", .interrupted)).isEmpty)
        _ = bench.hear(.welcome(Bench.welcome), epoch: 2)
        #expect(bench.hear(.goodbye("all steps are done", .finished), epoch: 2).ending?.end == .finished)
    }

    @Test func whereNoNextCoordinatorComesTheSearchEndsInASentence() {
        var bench = Bench()
        bench.join()
        bench.now = .seconds(50)
        _ = bench.hear(.goodbye("stopped by SIGTERM", .interrupted))
        bench.now = .seconds(350)
        #expect(bench.handle(.tick).ending == nil)
        bench.now += .milliseconds(250)
        #expect(bench.handle(.tick).ending?.end == .failed)
    }

    @Test func aWorkerThatDoesNotOutliveItsCoordinatorEndsWithIt() {
        var bench = Bench(outlivesCoordinator: false)
        bench.join()
        let actions = bench.hear(.goodbye("stopped by SIGINT", .interrupted))
        #expect(actions.messages == [.leaving])
        #expect(actions.ending?.end == .finished)
        #expect(actions.count == 2)
    }

    @Test func aWorkerThatIsAskedToLeaveDoesSo() {
        var bench = Bench()
        bench.join()
        let actions = bench.handle(.leave("stopped by SIGTERM"))
        #expect(actions.messages == [.leaving])
        #expect(actions.ending?.end == .left)
    }

    @Test func anEarlierRoundIsComputedAgainOnlyForANewerLease() throws {
        var bench = Bench()
        bench.join()
        let later = Round(step: 4, kind: .training)
        _ = bench.hear(.lease(.init(identifier: 5, round: later, node: 8)), step: 4)
        #expect(bench.hear(lease(9, identifier: 4), step: 3).isEmpty)
        let actions = bench.hear(lease(9, identifier: 6), step: 4)
        #expect(actions.contains(.forget(later, node: 8)))
        #expect(actions.wanted.first?.examples.sorted() == (try needed(1)).sorted())
    }

    @Test func forACheckOnlyTheMicrobatchIsAskedFor() throws {
        var bench = Bench()
        bench.join()
        let wanted = bench.hear(.lease(.init(identifier: 1, round: round, node: 8, isCheck: true)), step: 3).wanted
        #expect(wanted.map(\.purpose) == [.microbatch])
        #expect(wanted[0].examples.sorted() == (try needed(0)).sorted())
    }

    /// The link may be slow: whoever had nothing in hand would get the next lease at once.
    @Test func aSumIsInHandUntilItIsKnownToHaveArrived() throws {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        _ = bench.hearRows(try needed(0))
        _ = bench.hearParameters(step: 3)
        _ = bench.handle(.leafFinished(Leaf(round: round, node: 8, shard: 0)))
        for _ in 0..<20 { #expect(bench.busy() == 1) }
        _ = bench.hear(.credit(bytes: 20), step: 3)
        #expect(bench.busy() == 0)
    }

    @Test func pixelsOfShardsThatWereNeverLeasedAreNotKept() {
        var bench = Bench()
        bench.join()
        _ = bench.hear(lease(8), step: 3)
        func places(_ examples: [UInt32]) -> Bool {
            bench.hearRows(examples).contains { if case .placeRows = $0 { true } else { false } }
        }
        #expect(places([0, 8]))
        #expect(!places([1]) && !places([9, 1]))
        // What is wanted is kept, whatever comes with it: nobody sends it again.
        #expect(bench.hearRows([16, 1]).contains(.placeRows(.training, [16, nil])))
        #expect(bench.state.malformed == 3)
        #expect(bench.state.assignment?.ledger.contains(16, in: .training) == true)
    }

    @Test func aCoordinatorThatCannotGoOnFailsItsWorkers() {
        var bench = Bench()
        bench.join()
        #expect(bench.hear(.goodbye("the disk is full", .failed)).ending?.end == .failed)
    }
}

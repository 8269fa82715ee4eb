import Coordination
import SeededRandomness
import Testing

@Suite struct WireTests {
    static let workerMessages: [WorkerMessage] = [
        .hello(.init(name: "worker-1", host: "host", process: 4_711, threads: 2, incarnation: .max - 1)), .attach,
        .ready(probe: "0af9"),
        .heartbeat(busy: 3), .parametersWanted,
        .rowsWanted(.init(split: .validation, purpose: .hurry, examples: [5, 0, UInt32.max])),
        .rowsWanted(.init(split: .training, purpose: .copy, examples: [])), .credit(bytes: 2 << 20),
        .partial(
            .init(round: Round(step: 9, kind: .evaluation), lease: UInt64.max, node: 2, offset: 8, bytes: 16)),
        .leaving, .failed("no memory"),
        .memory(.init(process: 4_711, descriptor: 9, identity: UInt128.max - 5, slots: 3, slotBytes: 20)),
        .sumStored(
            .init(round: Round(step: 9, kind: .training), lease: 4, node: 2, offset: 16, bytes: 32),
            MemorySlot(index: 2, stamp: UInt64.max)),
        .hello(.init(name: "", host: "", process: 1, threads: 1, incarnation: 1, connection: 3, door: ":7100")),
        .heartbeat(busy: 1, taken: 1 << 40), .reached([[1, 2, 3], []]), .reached([]),
        .delivered(.init(round: Round(step: 9, kind: .training), lease: 4, node: 2, leafTime: .milliseconds(7))),
        .rootSum(.init(round: Round(step: 9, kind: .training), duties: 3, node: 1, offset: 16, bytes: 4)),
        .statusWanted, .spans(.init(asked: .microseconds(7), answered: .zero, spans: [])),
        .spans(
            .init(
                asked: .zero, answered: .seconds(9),
                spans: WorkSpan.Kind.allCases.map {
                    .init(kind: $0, lane: 2, step: 5, shard: 1, start: .seconds(1), length: .microseconds(3))
                })),
    ]
    static let peerMessages: [PeerMessage] = [
        .greeting(to: [1, 2]), .greeted, .credit(bytes: 7),
        .sum(.init(round: Round(step: 9, kind: .training), duties: .max, node: 5, offset: 16, bytes: 4)),
        .parameters(offset: 32, bytes: 8, duties: 2),
    ]
    static let coordinatorMessages: [CoordinatorMessage] = [
        .welcome(
            .init(
                name: "worker-1", contract: "{\"ü\":1}", parameterBytes: 40, partialBytes: 20, evaluationBytes: 8,
                exampleBytes: 3, chunkBytes: 16, windowBytes: 64)),
        .welcome(
            .init(
                name: "", contract: "", parameterBytes: 40, partialBytes: 20, evaluationBytes: 8, exampleBytes: 3,
                chunkBytes: 16, windowBytes: 64,
                memory: MemoryRegion(process: 1, descriptor: 8, identity: 1 << 100, slots: 2, slotBytes: 40),
                givesDuties: true)),
        .accepted, .refused("other bits"),
        .lease(.init(identifier: 77, round: Round(step: 3, kind: .training), node: 6, isCheck: true)), .heartbeat,
        .stranger,
        .credit(bytes: 1), .parameters(offset: 0, bytes: 4),
        .rows(.init(split: .training, examples: [1, 2], bytes: 8)), .goodbye("done", .failed),
        .goodbye("stopped", .interrupted),
        .lease(.init(identifier: 77, round: Round(step: 3, kind: .training), node: 6, duties: 9)),
        .parameters(offset: 16, bytes: 4, duties: 2), .duties(.init(number: 2, holders: [[1, 2], [3]])),
        .duties(.init(number: 3, groups: [[[1], [3]], [[5]]])),
        .peers(
            .init(own: [1], entries: [.init(identity: [2, 3], name: "node2", address: "tcp://10.0.0.2:5", key: "k")])),
        .parametersStored(MemorySlot(index: 1, stamp: 5)), .status(bytes: 12), .spansWanted(.microseconds(40)),
    ]

    @Test(arguments: peerMessages) func peersMessagesComeBackAsTheyWere(_ message: PeerMessage) throws {
        let envelope = Envelope(message, fence: Fence(run: Samples.run, epoch: 3, step: 1 << 40))
        #expect(try Envelope(decoding: envelope.encoded) == envelope)
    }

    /// A count of groups in eight bytes, and for each a count of members in two.
    @Test(
        arguments: [
            [0], [1, 0, 0], [2, 1, 0, 1, 9, 0, 0], [3, 1, 0, 1, 7, 1, 0, 1, 8, 1, 0, 1, 9], [1, 2, 0, 1, 9, 1, 9],
            [2, 1, 0, 1, 9, 1, 0, 1, 9], [1, 1, 0, 0],
        ] as [[UInt8]])
    func groupsThatCannotBeAreNoDuties(_ countAndLists: [UInt8]) throws {
        let good = Envelope(CoordinatorMessage.duties(.init(number: 1, holders: [[9]])), fence: Samples.fence).encoded
        let tail: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 1, 9]
        try #require(good.suffix(tail.count) == tail[...])
        let count = countAndLists.prefix(1) + [0, 0, 0, 0, 0, 0, 0]
        let bytes = good.dropLast(tail.count) + count + countAndLists.dropFirst()
        #expect(throws: WireError.invalid("duties")) { try Envelope<CoordinatorMessage>(decoding: Array(bytes)) }
    }

    @Test func dutiesWithTheNumberOfTheStarAreNone() {
        let star = Duties(number: Duties.star, holders: [[1]])
        let bytes = Envelope(CoordinatorMessage.duties(star), fence: Samples.fence).encoded
        #expect(throws: WireError.invalid("duties")) { try Envelope<CoordinatorMessage>(decoding: bytes) }
    }

    @Test(arguments: workerMessages)
    func workersMessagesComeBackAsTheyWere(_ message: WorkerMessage) throws {
        let envelope = Envelope(message, fence: Fence(run: Samples.run, epoch: 3, step: 1 << 40))
        #expect(try Envelope(decoding: envelope.encoded) == envelope)
    }

    @Test(arguments: coordinatorMessages)
    func coordinatorsMessagesComeBackAsTheyWere(_ message: CoordinatorMessage) throws {
        let envelope = Envelope(message, fence: Fence(run: Samples.run, epoch: 3, step: 1 << 40))
        #expect(try Envelope(decoding: envelope.encoded) == envelope)
    }

    @Test func layoutIsTheDocumentedOne() {
        let envelope = Envelope(WorkerMessage.heartbeat(busy: 258), fence: Fence(run: Samples.run, epoch: 1, step: 513))
        let header: [UInt8] =
            Array("TRIB".utf8) + [8, 0, 4, 0] + Array(0..<16) + [1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0]
        #expect(envelope.encoded == header + [2, 1, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8))
    }

    @Test func aFateThatIsNoneIsRefused() {
        var bytes = Envelope(CoordinatorMessage.goodbye("", .interrupted), fence: Samples.fence).encoded
        #expect(bytes.last == 2)
        bytes[bytes.count - 1] = 3
        #expect(throws: WireError.invalid("fate of the run")) { try Envelope<CoordinatorMessage>(decoding: bytes) }
    }

    @Test func everyShorterAndLongerMessageIsRefused() {
        for message in Self.coordinatorMessages {
            let bytes = Envelope(message, fence: Samples.fence).encoded
            for count in 0..<bytes.count {
                #expect(throws: WireError.self) { try Envelope<CoordinatorMessage>(decoding: Array(bytes[..<count])) }
            }
            #expect(throws: WireError.trailing(1)) { try Envelope<CoordinatorMessage>(decoding: bytes + [0]) }
        }
    }

    @Test func messagesOfTheOtherDirectionAndOtherVersionsAreRefused() {
        var bytes = Envelope(WorkerMessage.leaving, fence: Samples.fence).encoded
        #expect(throws: WireError.unknownKind(9)) { try Envelope<CoordinatorMessage>(decoding: bytes) }
        bytes[4] = 2
        #expect(throws: WireError.version(2)) { try Envelope<WorkerMessage>(decoding: bytes) }
        bytes[0] = 0
        #expect(throws: WireError.foreign) { try Envelope<WorkerMessage>(decoding: bytes) }
    }

    @Test func lengthsAreCheckedBeforeAnythingIsAllocated() {
        var bytes = Envelope(
            WorkerMessage.rowsWanted(.init(split: .training, purpose: .microbatch, examples: [1])),
            fence: Samples.fence
        ).encoded
        bytes.replaceSubrange((bytes.count - 8)..<(bytes.count - 4), with: [255, 255, 255, 255])
        #expect(throws: WireError.self) { try Envelope<WorkerMessage>(decoding: bytes) }
        bytes.replaceSubrange((bytes.count - 8)..<(bytes.count - 4), with: [2, 0, 0, 0])
        #expect(throws: WireError.truncated) { try Envelope<WorkerMessage>(decoding: bytes) }
    }

    /// Nothing to compare with: that it ends without a trap is the point. What decodes must encode to the same bytes.
    @Test func nothingTrapsWhateverTheBytes() throws {
        var generator = SeededGenerator(seed: 2026)
        let samples =
            Self.workerMessages.map { Envelope($0, fence: Samples.fence).encoded }
            + Self.coordinatorMessages.map { Envelope($0, fence: Samples.fence).encoded }
        var decoded = 0
        for _ in 0..<100_000 {
            var bytes = samples.randomElement(using: &generator) ?? []
            mutate(&bytes, using: &generator)
            if let message = try? Envelope<WorkerMessage>(decoding: bytes) {
                #expect(message.encoded == bytes)
                decoded += 1
            }
            if let message = try? Envelope<CoordinatorMessage>(decoding: bytes) {
                #expect(message.encoded == bytes)
                decoded += 1
            }
        }
        #expect(decoded > 1_000)
    }

    private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            guard let index = bytes.indices.randomElement(using: &generator) else { return }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.remove(at: index)
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
            }
        }
    }
}

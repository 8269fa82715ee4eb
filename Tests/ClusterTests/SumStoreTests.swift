import Contract
import Coordination
import Hashing
import Messaging
import Testing

@testable import Cluster

/// The coordinator's sums, as they lie in a worker's memory that may be written over between the news of a sum and its use.
@Suite struct SumStoreTests {
    private static let formats = [PartialFormat(count: 9), PartialFormat(count: 9, halves: 6)]
    private static let left = (0..<9).map { Float($0) + 0.5 }
    private static let right = (0..<9).map { 2 - Float($0) }
    private static let sum = zip(left, right).map { $0 + $1 }

    /// A store, and a worker's memory as both sides have it.
    private struct Machine {
        let format: PartialFormat
        var store: SumStore
        let own: OwnMemory
        let shared: SharedMemory

        init(_ format: PartialFormat) throws {
            self.format = format
            store = SumStore(training: format, evaluation: PartialFormat(count: 3), chunkBytes: 16)
            own = try OwnMemory(slots: 3, slotBytes: format.bytes)
            shared = try SharedMemory(MemoryRegion(own))
        }

        private var grid: ChunkGrid { ChunkGrid(format: format, chunkBytes: 16) }

        /// A worker writes a sum into a slot and says so, in two rows.
        mutating func announce(_ values: [Float], lease: UInt64, slot: Int, stamp: UInt64 = 1) {
            let place = MemorySlot(index: slot, stamp: stamp)
            let chunks = SumChunks(grid, in: (own, place))
            var scratch: [Float] = []
            for chunk in grid.indices { chunks.write(chunk, scratch: &scratch, Self.fill(values)) }
            for range in [0..<16, 16..<format.bytes] {
                store.place(shared, place, lease: lease, range: range, total: format.bytes)
            }
        }

        /// The same over the bulk link.
        mutating func send(_ values: [Float], lease: UInt64) {
            let chunks = SumChunks(grid, in: nil)
            var scratch: [Float] = []
            for chunk in grid.indices {
                chunks.write(chunk, scratch: &scratch, Self.fill(values))
                let offset = grid.bytes(of: chunk).lowerBound
                store.place(chunks.message(at: offset), lease: lease, offset: offset, total: format.bytes)
            }
        }

        private static func fill(_ values: [Float]) -> (Int, inout MutableSpan<Float>) -> Void {
            { start, elements in for index in elements.indices { elements[index] = values[start + index] } }
        }

        /// The root's sum, from its children.
        mutating func sum() throws -> [Float] {
            try store.join(node: 1)
            return try store.takeResult().completed()
        }

        /// The worker has taken the slot for something else.
        func writeOver(_ slot: Int, stamp: UInt64 = 2) {
            own.begin(slot, stamp: stamp)
            own.write([Float](repeating: 12_345, count: format.bytes / 4).span, slot, at: 0)
        }
    }

    /// The children of the root, the left one by its way and the right one in memory; node 2 may be folded here from two leaves.
    private static func machine(_ format: PartialFormat, left way: Way) throws -> Machine {
        var machine = try Machine(format)
        switch way {
        case .memory:
            machine.announce(left, lease: 1, slot: 0)
            machine.store.commit(lease: 1, node: 2)
        case .link:
            machine.send(left, lease: 1)
            machine.store.commit(lease: 1, node: 2)
        case .folded:
            machine.send(left, lease: 1)
            machine.send([Float](repeating: 0, count: left.count), lease: 3)
            machine.store.commit(lease: 1, node: 4)
            machine.store.commit(lease: 3, node: 5)
            try machine.store.join(node: 2)
        }
        machine.announce(right, lease: 2, slot: 1)
        machine.store.commit(lease: 2, node: 3)
        return machine
    }

    enum Way: CaseIterable {
        case memory
        case link
        case folded
    }

    @Test(arguments: Way.allCases, formats)
    func sumsAreFoldedFromWhereTheyLie(way: Way, format: PartialFormat) throws {
        var machine = try Self.machine(format, left: way)
        #expect(try machine.sum() == Self.sum)
    }

    /// A round that several workers computed in part may have its root hashed before it is used.
    @Test(arguments: Way.allCases, formats)
    func theRootsDigestIsThatOfTheSumThatIsUsed(way: Way, format: PartialFormat) throws {
        var machine = try Self.machine(format, left: way)
        try machine.store.join(node: 1)
        var hash = SHA256()
        hash.update(Self.sum)
        #expect(try machine.store.digest(node: 1) == hash.finalize().bytes)
        machine.writeOver(1)
        #expect(try machine.store.takeResult().completed() == Self.sum)
        #expect(try machine.store.digest(node: 1) == [])
    }

    @Test func theRootOfASumThatWasWrittenOverHasNoDigest() throws {
        var machine = try Self.machine(Self.formats[0], left: .memory)
        try machine.store.join(node: 1)
        machine.writeOver(0)
        #expect(throws: OverwrittenError.self) { try machine.store.digest(node: 1) }
    }

    /// What is folded before the root is this process's own.
    @Test(arguments: formats)
    func aFoldedSumOutlivesItsChildren(format: PartialFormat) throws {
        var machine = try Machine(format)
        machine.announce(Self.left, lease: 1, slot: 0)
        machine.announce(Self.right, lease: 2, slot: 1)
        machine.store.commit(lease: 1, node: 4)
        machine.store.commit(lease: 2, node: 5)
        try machine.store.join(node: 2)
        machine.writeOver(0)
        machine.writeOver(1)
        machine.send([Float](repeating: 0, count: Self.left.count), lease: 3)
        machine.store.commit(lease: 3, node: 3)
        #expect(try machine.sum() == Self.sum)
    }

    /// The root of two partials is added in whatever ranges it is asked for.
    @Test(arguments: [[0..<9], [0..<1, 1..<9], [0..<5, 5..<5, 5..<7, 7..<9]])
    func theRootIsCompletedRangeByRange(ranges: [Range<Int>]) throws {
        var machine = try Self.machine(Self.formats[0], left: .memory)
        try machine.store.join(node: 1)
        var root = try machine.store.takeResult()
        var floats = root.takeFloats()
        for range in ranges {
            var all = floats.mutableSpan
            var elements = all._mutatingExtracting(range)
            root.complete(range, &elements)
        }
        try root.check()
        #expect(floats == Self.sum)
    }

    @Test(arguments: Way.allCases, formats)
    func aSumThatWasWrittenOverIsNotFolded(way: Way, format: PartialFormat) throws {
        var machine = try Self.machine(format, left: way)
        machine.writeOver(1)
        #expect {
            try machine.sum()
        } throws: { error in
            "\(error)".hasPrefix("the memory in which a worker had announced its sum for node 1 was written over")
        }
    }

    @Test(arguments: formats)
    func neitherIsOneWhoseLeftSiblingWasWrittenOver(format: PartialFormat) throws {
        var machine = try Self.machine(format, left: .memory)
        machine.writeOver(0)
        #expect(throws: OverwrittenError.self) { try machine.sum() }
    }

    @Test func aSlotThatNobodyReadsMayBeWrittenOver() throws {
        var machine = try Self.machine(Self.formats[0], left: .memory)
        machine.writeOver(2)
        #expect(try machine.sum() == Self.sum)
    }

    @Test(arguments: formats)
    func theSumOfAWholeRoundMustNotBeWrittenOverEither(format: PartialFormat) throws {
        var good = try Machine(format)
        good.announce(Self.left, lease: 1, slot: 0)
        good.store.commit(lease: 1, node: 1)
        #expect(try good.store.takeResult().completed() == Self.left)
        good.announce(Self.left, lease: 2, slot: 0, stamp: 2)
        good.store.commit(lease: 2, node: 1)
        good.writeOver(0, stamp: 3)
        #expect(throws: OverwrittenError.self) { try good.store.takeResult().completed() }
    }

    @Test(arguments: formats)
    func aLateSumHasADigestOnlyUntilItIsWrittenOver(format: PartialFormat) throws {
        var machine = try Machine(format)
        var hash = SHA256()
        hash.update(Self.right)
        let expected = hash.finalize().bytes
        machine.announce(Self.right, lease: 1, slot: 2)
        #expect(machine.store.takeDigest(lease: 1) == expected)
        machine.send(Self.right, lease: 2)
        machine.writeOver(2)
        #expect(machine.store.takeDigest(lease: 2) == expected)
        machine.announce(Self.right, lease: 3, slot: 2, stamp: 3)
        machine.writeOver(2, stamp: 4)
        #expect(machine.store.takeDigest(lease: 3) == nil)
    }
}

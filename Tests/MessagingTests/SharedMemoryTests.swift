import Foundation
import Glibc
import Synchronization
import Testing

@testable import Messaging

@Suite struct SharedMemoryTests {
    private func open(
        _ own: OwnMemory, descriptor: Int? = nil, slots: Int? = nil, slotBytes: Int? = nil
    ) throws -> SharedMemory {
        try SharedMemory(
            process: own.process, descriptor: descriptor ?? own.descriptor, identity: own.identity,
            slots: slots ?? own.slots, slotBytes: slotBytes ?? own.slotBytes)
    }

    private func floats(_ memory: SharedMemory, _ slot: Int, _ range: Range<Int>) -> [Float] {
        memory.withNumbers(slot, range) { _, floats in floats.indices.map { floats[$0] } }
    }

    private func write(_ values: [Float], _ memory: OwnMemory, _ slot: Int, at start: Int = 0) {
        memory.write(values.span, slot, at: start)
    }

    @Test func whatTheOwnerWritesAnotherReads() throws {
        let own = try OwnMemory(slots: 3, slotBytes: 5_000)
        let other = try open(own)
        for slot in 0..<3 { write([Float(slot), 7], own, slot, at: 4_992) }
        #expect(floats(other, 2, 4_992..<5_000) == [2, 7])
        #expect(floats(other, 0, 4_988..<5_000) == [0, 0, 7])
    }

    @Test func sixteenBitNumbersLieBeforeFloats() throws {
        let own = try OwnMemory(slots: 1, slotBytes: 20)
        own.withMutableNumbers(0, 4..<20, halves: 3) { halves, floats in
            for index in 0..<3 { halves[index] = UInt16(index + 1) }
            for index in floats.indices { floats[index] = 0.5 }
        }
        let (halves, floats) = try open(own).withNumbers(0, 4..<20, halves: 3) { halves, floats in
            (halves.indices.map { halves[$0] }, floats.indices.map { floats[$0] })
        }
        #expect(halves == [1, 2, 3])
        #expect(floats == [0.5, 0.5])
    }

    @Test func whoeverReadsSeesThatASlotWasWrittenOver() throws {
        let own = try OwnMemory(slots: 2, slotBytes: 8)
        let other = try open(own)
        own.begin(1, stamp: 5)
        #expect(other.holds(5, in: 1) && !other.holds(5, in: 0))
        own.begin(1, stamp: 6)
        #expect(!other.holds(5, in: 1))
    }

    @Test func theMemoryLivesAsLongAsAReaderHasIt() throws {
        var own: OwnMemory? = try OwnMemory(slots: 1, slotBytes: 8)
        write([3, 4], own!, 0)
        let other = try open(own!)
        own = nil
        #expect(floats(other, 0, 0..<8) == [3, 4])
    }

    @Test func anotherSizeIsRefused() throws {
        let own = try OwnMemory(slots: 2, slotBytes: 8)
        #expect(throws: SharedMemoryError.self) { try open(own, slots: 1) }
        #expect(throws: SharedMemoryError.self) { try open(own, slotBytes: 5_000) }
        for (slots, bytes) in [(0, 8), (257, 8), (1, 0), (1, Int.max), (-1, 8)] {
            #expect(throws: SharedMemoryError.self) { try open(own, slots: slots, slotBytes: bytes) }
        }
    }

    /// A descriptor is used again, and a process number means another process in another container.
    @Test func otherMemoryOfTheSameKindIsRefused() throws {
        let own = try OwnMemory(slots: 2, slotBytes: 8)
        let another = try OwnMemory(slots: 2, slotBytes: 8)
        #expect(own.identity != another.identity)
        #expect {
            _ = try open(own, descriptor: another.descriptor)
        } throws: { error in
            "\(error)".hasPrefix(
                "the memory at /proc/\(getpid())/fd/\(another.descriptor) is not the one that was named")
        }
        #expect(try open(own).identity == own.identity)
    }

    /// A reader beside a writer that writes the same slot over and over: whatever the stamp confirms is all of one writing.
    @Test func nothingIsReadTorn() throws {
        let count = 1_000
        let own = try OwnMemory(slots: 1, slotBytes: 4 * count)
        let other = try open(own)
        let announced = Atomic<UInt64>(0)
        Thread {
            for stamp in 1...3_000 as ClosedRange<UInt64> {
                own.begin(0, stamp: stamp)
                own.write([Float](repeating: Float(stamp), count: count).span, 0, at: 0)
                announced.store(stamp, ordering: .releasing)
            }
        }.start()
        var (confirmed, torn) = (0, 0)
        var stamp: UInt64 = 0
        while stamp < 3_000 {
            stamp = announced.load(ordering: .acquiring)
            let found = floats(other, 0, 0..<4 * count)
            guard stamp > 0, other.holds(stamp, in: 0) else { continue }
            confirmed += 1
            if found.contains(where: { $0 != Float(stamp) }) { torn += 1 }
        }
        #expect(confirmed > 0 && torn == 0)
    }

    /// A file that its owner could cut would end whoever reads it; a pipe that nobody writes would hold him up.
    @Test func whatIsNoSealedMemoryIsRefused() throws {
        var pipe: [Int32] = [0, 0]
        #expect(unsafe Glibc.pipe(&pipe) == 0)
        let path = "/tmp/tributary-memory-\(UInt64.random(in: 0 ... .max))"
        let file = creat(path, 0o600)
        #expect(ftruncate(file, 8_192) == 0)
        defer {
            for descriptor in pipe + [file] { close(descriptor) }
            unlink(path)
        }
        for descriptor in pipe + [file, 9_999] {
            #expect(throws: SharedMemoryError.self) {
                try SharedMemory(
                    process: Int(getpid()), descriptor: Int(descriptor), identity: 0, slots: 1, slotBytes: 4_096)
            }
        }
    }

    @Test func nobodyElseCanWrite() throws {
        let own = try OwnMemory(slots: 1, slotBytes: 8)
        let file = Glibc.open("/proc/self/fd/\(own.descriptor)", O_RDWR)
        defer { close(file) }
        var number: UInt64 = 1
        #expect(unsafe pwrite(file, &number, 8, 4_096) == -1)
        #expect(ftruncate(file, 0) == -1)
    }
}

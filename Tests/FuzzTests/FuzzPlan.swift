import Foundation
import SeededRandomness

/// How long to fuzz, and from where: TRIBUTARY_FUZZ_MESSAGES and TRIBUTARY_FUZZ_SEED, which `scripts/fuzz` sets.
enum FuzzPlan {
    static let messages = variable("MESSAGES") ?? 20_000
    static let seed = UInt64(variable("SEED") ?? 1)

    /// Whether nothing else runs in this process: `scripts/fuzz`, or a part of `scripts/test`.
    static var isAlone: Bool { variable("MESSAGES") != nil }

    /// Files are opened whole, so fewer are tried.
    static var files: Int { max(200, messages / 100) }

    /// Sources of images are small and are read in this process.
    static var sources: Int { max(1_000, messages / 200) }

    private static func variable(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment["TRIBUTARY_FUZZ_\(name)"].flatMap(Int.init)
    }
}

/// Changes good bytes into what somebody might send instead.
struct Mutator {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Numbers at which arithmetic goes wrong.
    private static let edges: [UInt64] = [
        0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 48, 1 << 62,
        1 << 63 - 1, 1 << 63, .max,
    ]

    /// One to four changes: bits, bytes, numbers at the edge, cuts, insertions, repetitions.
    ///
    /// - Parameter tail: Where changes begin, so that what everybody checks first is often left whole.
    mutating func mutated(_ good: [UInt8], from head: Int = 0) -> [UInt8] {
        var bytes = good
        let head = Bool.random(using: &generator) ? min(head, bytes.count) : 0
        for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes, from: head) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], from head: Int) {
        guard bytes.count > head else { return bytes.append(UInt8.random(in: 0...255, using: &generator)) }
        let place = Int.random(in: head..<bytes.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: write(Self.edges.randomElement(using: &generator)!, in: &bytes, at: place)
        case 3: write(Self.edges.randomElement(using: &generator)!, in: &bytes, at: head + (place - head) / 8 * 8)
        case 4: bytes.removeLast(bytes.count - place)
        case 5: bytes.insert(contentsOf: (0..<Int.random(in: 1...16, using: &generator)).map { _ in 0xFF }, at: place)
        case 6: bytes.insert(contentsOf: bytes[place...].prefix(64), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)))
        }
    }

    private mutating func write(_ value: UInt64, in bytes: inout [UInt8], at place: Int) {
        let width = [1, 2, 4, 8].randomElement(using: &generator)!
        for index in 0..<width where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }
}

import Coordination
import Messaging
import Synchronization

/// The pixels that a worker has, shard by shard.
///
/// The thread that owns the sockets writes, compute threads read; the state machine sees to it that nobody computes with an
/// example before it is here, or after it was forgotten. Who looks ahead may find none.
final class PixelStore: Sendable {
    private struct Key: Hashable {
        var split: PixelSplit
        var shard: Int
    }

    private let shards: Int
    private let exampleBytes: Int
    /// Example i is row i / `shards` of its shard; a row that is not here is empty.
    private let pixels = Mutex<[Key: [[UInt8]]]>([:])

    /// - Parameter shards: Example i belongs to shard i mod `shards`.
    init(shards: Int, exampleBytes: Int) {
        self.shards = shards
        self.exampleBytes = exampleBytes
    }

    /// Keeps the examples whose pixels `payload` holds, one after the other; nil stands for one that is not kept.
    func put(_ payload: borrowing Message, _ split: PixelSplit, _ examples: [UInt32?]) {
        for (index, example) in examples.enumerated() {
            guard let example else { continue }
            var copy = [UInt8](repeating: 0, count: exampleBytes)
            payload.copyBytes(index * exampleBytes..<(index + 1) * exampleBytes, into: &copy, at: 0)
            pixels.withLock { $0[key(of: example, split), default: []].put(copy, row: row(of: example)) }
        }
    }

    /// The examples' pixels, one after the other; nil if one is not here.
    func pixels(of examples: [UInt32], in split: PixelSplit) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(examples.count * exampleBytes)
        let areHere = pixels.withLock { pixels in
            // Those of a microbatch are of one shard: it is looked up once.
            var (key, shard) = (nil as Key?, [] as [[UInt8]])
            for example in examples {
                let wanted = self.key(of: example, split)
                if key != wanted { (key, shard) = (wanted, pixels[wanted] ?? []) }
                let row = row(of: example)
                guard row < shard.count, !shard[row].isEmpty else { return false }
                result += shard[row]
            }
            return true
        }
        return areHere ? result : nil
    }

    func forget(shard: Int) {
        pixels.withLock { pixels in
            for split in PixelSplit.allCases { pixels[Key(split: split, shard: shard)] = nil }
        }
    }

    private func key(of example: UInt32, _ split: PixelSplit) -> Key {
        Key(split: split, shard: Int(example) % shards)
    }

    private func row(of example: UInt32) -> Int { Int(example) / shards }
}

extension [[UInt8]] {
    fileprivate mutating func put(_ pixels: [UInt8], row: Int) {
        while count <= row { append([]) }
        self[row] = pixels
    }
}

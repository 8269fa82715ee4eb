import Coordination
import Messaging
import Synchronization

/// The pixels that a worker has, shard by shard.
///
/// The thread that owns the sockets writes, compute threads read; the state machine sees to it that nobody reads an example
/// before it is here.
final class PixelStore: Sendable {
    private struct Key: Hashable {
        var split: PixelSplit
        var shard: Int
    }

    private let shards: Int
    private let exampleBytes: Int
    private let counts: [PixelSplit: Int]
    private let pixels = Mutex<[Key: [UInt8]]>([:])

    /// - Parameter counts: The number of examples of each split.
    init(shards: Int, exampleBytes: Int, counts: [PixelSplit: Int]) {
        self.shards = shards
        self.exampleBytes = exampleBytes
        self.counts = counts
    }

    /// Keeps the examples whose pixels `payload` holds, one after the other.
    func put(_ payload: borrowing Message, _ split: PixelSplit, _ examples: [UInt32]) {
        var copy = [UInt8](repeating: 0, count: payload.count)
        payload.copyBytes(0..<payload.count, into: &copy, at: 0)
        pixels.withLock { pixels in
            for (index, example) in examples.enumerated() {
                let source = index * exampleBytes..<(index + 1) * exampleBytes
                let target = place(of: example)
                pixels[key(of: example, split), default: emptyShard(of: example, split)]
                    .replaceSubrange(target, with: copy[source])
            }
        }
    }

    /// The examples' pixels, one after the other.
    func pixels(of examples: [UInt32], in split: PixelSplit) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(examples.count * exampleBytes)
        pixels.withLock { pixels in
            for example in examples {
                guard let shard = pixels[key(of: example, split)] else {
                    preconditionFailure("example \(example) is computed before its pixels are here")
                }
                result += shard[place(of: example)]
            }
        }
        return result
    }

    private func key(of example: UInt32, _ split: PixelSplit) -> Key {
        Key(split: split, shard: Int(example) % shards)
    }

    private func place(of example: UInt32) -> Range<Int> {
        let position = Int(example) / shards
        return position * exampleBytes..<(position + 1) * exampleBytes
    }

    private func emptyShard(of example: UInt32, _ split: PixelSplit) -> [UInt8] {
        let size = ((counts[split] ?? 0) - Int(example) % shards + shards - 1) / shards
        return [UInt8](repeating: 0, count: size * exampleBytes)
    }
}

import Coordination

/// What went over bulk connections, to see that nothing goes twice.
struct BytesSent {
    private struct Row: Hashable {
        let peer: Peer
        let split: PixelSplit
        let example: UInt32
    }

    private struct Piece: Hashable {
        let peer: Peer
        let lease: UInt64
        let offset: Int
    }

    private var rows: Set<Row> = []
    private var pieces: Set<Piece> = []
    /// How often parameters began to be sent, over each connection.
    private var beginnings: [Peer: [Int: Int]] = [:]
    private var repetition: String?

    /// The first thing that went over a connection a second time.
    mutating func takeRepetition() -> String? {
        defer { repetition = nil }
        return repetition
    }

    /// A worker has no room for a shard's pixels any more.
    mutating func forget(_ shard: Int, of shards: Int, by peer: Peer) {
        rows = rows.filter { $0.peer != peer || Int($0.example) % shards != shard }
    }

    /// A worker had no room for these when they came.
    mutating func forget(_ examples: [UInt32], of split: PixelSplit, by peer: Peer) {
        for example in examples { rows.remove(Row(peer: peer, split: split, example: example)) }
    }

    mutating func noteUpload(_ chunk: WorkerMessage.PartialChunk, over peer: Peer) {
        let piece = Piece(peer: peer, lease: chunk.lease, offset: chunk.offset)
        if !pieces.insert(piece).inserted {
            repetition = "bytes \(chunk.offset) and on of lease \(chunk.lease) went over one connection twice"
        }
    }

    mutating func note(_ message: CoordinatorMessage, step: Int, over peer: Peer, of name: String) {
        switch message {
        case .rows(let sent):
            for example in sent.examples
            where !rows.insert(Row(peer: peer, split: sent.split, example: example)).inserted {
                repetition = "example \(example) of \(sent.split) went to \(name) over one connection twice"
            }
        case .parameters(offset: 0, _, _):
            beginnings[peer, default: [:]][step, default: 0] += 1
            // Once for the round, and again for a judge, or where those in memory were written over.
            if beginnings[peer]?[step] ?? 0 > 3 {
                repetition = "the parameters of step \(step) went to \(name) over one connection often"
            }
        default: break
        }
    }
}

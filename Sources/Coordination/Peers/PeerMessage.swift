/// What a worker says to another, over a connection that it has opened to the other's door, and what that answers over the same.
public enum PeerMessage: WireBody {
    /// "Are you the worker with this identity?": repeated until it is answered, and with each heartbeat from then on, so that a dead connection
    /// is noticed. An address can lead to somebody else, who has the same key, too.
    case greeting(to: [UInt8])
    /// The answer to a greeting.
    case greeted
    /// A piece of a node's sum, for the holder of that chunk; the bytes are in the second frame.
    case sum(SumPiece)
    /// A piece of the parameters of this step, passed on under these duties; the floats are in the second frame.
    case parameters(offset: Int, bytes: Int, duties: UInt64)
    /// "I took the oldest message that you are not told of yet", which had so many bytes behind it.
    case credit(bytes: Int)

    public var kind: UInt16 {
        switch self {
        case .greeting: 201
        case .greeted: 202
        case .sum: 203
        case .parameters: 204
        case .credit: 205
        }
    }

    public var payloadBytes: Int {
        switch self {
        case .sum(let piece): piece.bytes
        case .parameters(_, let bytes, _): bytes
        case .greeting, .greeted, .credit: 0
        }
    }

    public func write(to fields: inout WireFields) {
        switch self {
        case .greeting(let identity): fields.write(identity: identity)
        case .greeted: break
        case .sum(let piece): fields.write(piece)
        case .parameters(let offset, let bytes, let duties):
            fields.write(count: offset)
            fields.write(count: bytes)
            fields.writer.write(duties)
        case .credit(let bytes): fields.write(count: bytes)
        }
    }

    public static func read(kind: UInt16, from fields: inout WireFields) throws(WireError) -> PeerMessage {
        switch kind {
        case 201: .greeting(to: try fields.readIdentity())
        case 202: .greeted
        case 203: .sum(try fields.readSumPiece())
        case 204:
            .parameters(
                offset: try fields.readCount(), bytes: try fields.readCount(),
                duties: try fields.reader.read(UInt64.self))
        case 205: .credit(bytes: try fields.readCount())
        default: throw .unknownKind(kind)
        }
    }
}

/// A chunk of a node's sum under some duties.
public struct SumPiece: Sendable, Hashable {
    public var round: Round
    /// The number of the duties under which it is sent; it counts under no others.
    public var duties: UInt64
    public var node: Int
    /// The chunk's place in the sum, in bytes.
    public var offset: Int
    /// The chunk's length, in bytes.
    public var bytes: Int

    public init(round: Round, duties: UInt64, node: Int, offset: Int, bytes: Int) {
        self.round = round
        self.duties = duties
        self.node = node
        self.offset = offset
        self.bytes = bytes
    }

    /// The same chunk of another node's sum.
    func of(_ node: Int) -> SumPiece {
        var piece = self
        piece.node = node
        return piece
    }
}

extension WireFields {
    mutating func write(_ piece: SumPiece) {
        write(piece.round)
        writer.write(piece.duties)
        write(count: piece.node)
        write(count: piece.offset)
        write(count: piece.bytes)
    }

    mutating func readSumPiece() throws(WireError) -> SumPiece {
        SumPiece(
            round: try readRound(), duties: try reader.read(UInt64.self), node: try readCount(),
            offset: try readCount(),
            bytes: try readCount())
    }
}

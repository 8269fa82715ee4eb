extension WorkerMessage {
    public var kind: UInt16 {
        switch self {
        case .hello: 1
        case .attach: 2
        case .ready: 3
        case .heartbeat: 4
        case .parametersWanted: 5
        case .rowsWanted: 6
        case .credit: 7
        case .partial: 8
        case .leaving: 9
        case .failed: 10
        case .memory: 11
        case .sumStored: 12
        case .reached: 13
        case .delivered: 14
        case .rootSum: 15
        case .statusWanted: 20
        case .spans: 21
        }
    }

    public var payloadBytes: Int {
        switch self {
        case .partial(let chunk): chunk.bytes
        case .rootSum(let piece): piece.bytes
        default: 0
        }
    }

    public func write(to fields: inout WireFields) {
        switch self {
        case .hello(let hello): hello.write(to: &fields)
        case .attach, .parametersWanted, .leaving, .statusWanted: break
        case .ready(let probe): fields.write(sentence: probe)
        case .heartbeat(let busy, let taken):
            fields.write(count: busy)
            fields.write(count: taken)
        case .rowsWanted(let wanted): wanted.write(to: &fields)
        case .credit(let bytes): fields.write(count: bytes)
        case .partial(let chunk): chunk.write(to: &fields)
        case .failed(let sentence): fields.write(sentence: sentence)
        case .memory(let region): fields.write(region)
        case .sumStored(let chunk, let slot):
            chunk.write(to: &fields)
            fields.write(slot)
        case .reached(let identities): fields.write(identities: identities)
        case .delivered(let delivery): delivery.write(to: &fields)
        case .rootSum(let piece): fields.write(piece)
        case .spans(let spans): spans.write(to: &fields)
        }
    }

    public static func read(kind: UInt16, from fields: inout WireFields) throws(WireError) -> WorkerMessage {
        switch kind {
        case 1: .hello(try Hello(from: &fields))
        case 2: .attach
        case 3: .ready(probe: try fields.readSentence())
        case 4: .heartbeat(busy: try fields.readCount(), taken: try fields.readCount())
        case 5: .parametersWanted
        case 6: .rowsWanted(try RowsWanted(from: &fields))
        case 7: .credit(bytes: try fields.readCount())
        case 8: .partial(try PartialChunk(from: &fields))
        case 9: .leaving
        case 10: .failed(try fields.readSentence())
        case 11: .memory(try fields.readRegion())
        case 12: .sumStored(try PartialChunk(from: &fields), try fields.readSlot())
        case 13: .reached(try fields.readIdentities())
        case 14: .delivered(try Delivery(from: &fields))
        case 15: .rootSum(try fields.readSumPiece())
        case 20: .statusWanted
        case 21: .spans(try WorkSpans(from: &fields))
        default: throw .unknownKind(kind)
        }
    }
}

extension WorkerMessage.Hello {
    fileprivate func write(to fields: inout WireFields) {
        fields.write(sentence: name)
        fields.write(sentence: host)
        fields.write(count: process)
        fields.write(count: threads)
        fields.writer.write(incarnation)
        fields.write(count: connection)
        fields.write(sentence: door)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        name = try fields.readSentence()
        host = try fields.readSentence()
        process = try fields.readCount()
        threads = try fields.readCount()
        incarnation = try fields.reader.read(UInt64.self)
        connection = try fields.readCount()
        door = try fields.readSentence()
        guard (1...4_096).contains(threads) else { throw .invalid("number of threads") }
    }
}

extension WorkerMessage.RowsWanted {
    fileprivate func write(to fields: inout WireFields) {
        fields.write(split)
        fields.writer.write(purpose.rawValue)
        fields.writer.write(examples)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        split = try fields.readSplit()
        guard let purpose = Purpose(rawValue: try fields.reader.read(UInt8.self)) else { throw .invalid("purpose") }
        self.purpose = purpose
        examples = try fields.reader.readList(atMost: Self.limit)
    }
}

extension WorkerMessage.Delivery {
    fileprivate func write(to fields: inout WireFields) {
        fields.write(round)
        fields.writer.write(lease)
        fields.write(count: node)
        fields.write(leafTime)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        round = try fields.readRound()
        lease = try fields.reader.read(UInt64.self)
        node = try fields.readCount()
        leafTime = try fields.readDuration()
    }
}

extension WorkerMessage.PartialChunk {
    fileprivate func write(to fields: inout WireFields) {
        fields.write(round)
        fields.writer.write(lease)
        fields.write(count: node)
        fields.write(count: offset)
        fields.write(count: bytes)
        fields.write(leafTime)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        round = try fields.readRound()
        lease = try fields.reader.read(UInt64.self)
        node = try fields.readCount()
        offset = try fields.readCount()
        bytes = try fields.readCount()
        leafTime = try fields.readDuration()
    }
}

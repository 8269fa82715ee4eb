extension CoordinatorMessage {
    public var kind: UInt16 {
        switch self {
        case .welcome: 101
        case .accepted: 102
        case .refused: 103
        case .lease: 104
        case .heartbeat: 105
        case .stranger: 106
        case .credit: 107
        case .parameters: 108
        case .rows: 109
        case .goodbye: 110
        case .parametersStored: 111
        case .peers: 112
        case .duties: 113
        case .status: 120
        case .spansWanted: 121
        }
    }

    public var payloadBytes: Int {
        switch self {
        case .parameters(_, let bytes, _): bytes
        case .rows(let rows): rows.bytes
        case .status(let bytes): bytes
        default: 0
        }
    }

    public func write(to fields: inout WireFields) {
        switch self {
        case .welcome(let welcome): welcome.write(to: &fields)
        case .accepted, .heartbeat, .stranger: break
        case .refused(let sentence): fields.write(sentence: sentence)
        case .goodbye(let sentence, let fate):
            fields.write(sentence: sentence)
            fields.write(fate)
        case .lease(let lease): lease.write(to: &fields)
        case .credit(let bytes): fields.write(count: bytes)
        case .parameters(let offset, let bytes, let duties):
            fields.write(count: offset)
            fields.write(count: bytes)
            fields.writer.write(duties)
        case .rows(let rows): rows.write(to: &fields)
        case .parametersStored(let slot): fields.write(slot)
        case .peers(let table): fields.write(table)
        case .duties(let duties): fields.write(duties)
        case .status(let bytes): fields.write(count: bytes)
        case .spansWanted(let moment): fields.write(moment)
        }
    }

    public static func read(kind: UInt16, from fields: inout WireFields) throws(WireError) -> CoordinatorMessage {
        switch kind {
        case 101: .welcome(try Welcome(from: &fields))
        case 102: .accepted
        case 103: .refused(try fields.readSentence())
        case 104: .lease(try Lease(from: &fields))
        case 105: .heartbeat
        case 106: .stranger
        case 107: .credit(bytes: try fields.readCount())
        case 108:
            .parameters(
                offset: try fields.readCount(), bytes: try fields.readCount(),
                duties: try fields.reader.read(UInt64.self))
        case 109: .rows(try Rows(from: &fields))
        case 110: .goodbye(try fields.readSentence(), try fields.readFate())
        case 111: .parametersStored(try fields.readSlot())
        case 112: .peers(try fields.readPeerTable())
        case 113: .duties(try fields.readDuties())
        case 120: .status(bytes: try fields.readCount())
        case 121: .spansWanted(try fields.readDuration())
        default: throw .unknownKind(kind)
        }
    }
}

extension CoordinatorMessage.Welcome {
    /// Bytes that a contract may have: configurations are texts that people write.
    private static let contractLimit = 1 << 20

    fileprivate func write(to fields: inout WireFields) {
        fields.write(sentence: name)
        fields.writer.write(contract)
        for count in [parameterBytes, partialBytes, evaluationBytes, exampleBytes, chunkBytes, windowBytes] {
            fields.write(count: count)
        }
        fields.writer.write(memory != nil)
        if let memory { fields.write(memory) }
        fields.writer.write(givesDuties)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        name = try fields.readSentence()
        contract = try fields.reader.readText(atMost: Self.contractLimit)
        parameterBytes = try fields.readCount()
        partialBytes = try fields.readCount()
        evaluationBytes = try fields.readCount()
        exampleBytes = try fields.readCount()
        chunkBytes = try fields.readCount()
        windowBytes = try fields.readCount()
        memory = try fields.reader.readFlag() ? try fields.readRegion() : nil
        givesDuties = try fields.reader.readFlag()
        guard exampleBytes > 0, chunkBytes > 0, chunkBytes % 4 == 0, windowBytes > 0 else { throw .invalid("sizes") }
        guard parameterBytes % 4 == 0, partialBytes % 4 == 0, evaluationBytes % 4 == 0 else { throw .invalid("sizes") }
    }
}

extension CoordinatorMessage.Lease {
    fileprivate func write(to fields: inout WireFields) {
        fields.writer.write(identifier)
        fields.write(round)
        fields.write(count: node)
        fields.writer.write(isCheck)
        fields.writer.write(duties)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        identifier = try fields.reader.read(UInt64.self)
        round = try fields.readRound()
        node = try fields.readCount()
        isCheck = try fields.reader.readFlag()
        duties = try fields.reader.read(UInt64.self)
    }
}

extension CoordinatorMessage.Rows {
    fileprivate func write(to fields: inout WireFields) {
        fields.write(split)
        fields.writer.write(examples)
        fields.write(count: bytes)
    }

    fileprivate init(from fields: inout WireFields) throws(WireError) {
        split = try fields.readSplit()
        examples = try fields.reader.readList(atMost: WorkerMessage.RowsWanted.limit)
        bytes = try fields.readCount()
    }
}

/// The contents of a message, in one of the two directions.
public protocol WireBody: Sendable, Equatable {
    /// The message's number on the wire.
    var kind: UInt16 { get }
    /// The bytes that follow in a second frame: gradients, parameters or pixels.
    var payloadBytes: Int { get }
    /// Appends the fields. (Not for callers: `Envelope.encoded` does it.)
    func write(to fields: inout WireFields)
    /// Takes the fields. (Not for callers: `Envelope.init(decoding:)` does it.)
    static func read(kind: UInt16, from fields: inout WireFields) throws(WireError) -> Self
}

/// Bytes on their way to or from a message; only this module can look inside.
public struct WireFields {
    var writer = ByteWriter()
    var reader = ByteReader([])
}

/// One message: what it says, and of which run, coordinator and step.
///
/// Layout: the header's 40 bytes, then the fields in the order in which they are declared, little-endian, lists and texts
/// behind their 32-bit length. Nothing may follow.
public struct Envelope<Body: WireBody>: Sendable, Equatable {
    public var fence: Fence
    public var body: Body

    public init(_ body: Body, fence: Fence) {
        self.body = body
        self.fence = fence
    }

    /// The bytes of the message's frame.
    public var encoded: [UInt8] {
        var fields = WireFields()
        Header(kind: body.kind, fence: fence).write(to: &fields.writer)
        body.write(to: &fields)
        return fields.writer.bytes
    }

    /// Reads a frame. Every length is checked before anything is allocated for it.
    /// - Throws: A sentence saying what is wrong; nothing traps, whatever the bytes.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        var fields = WireFields(reader: ByteReader(bytes))
        let header = try Header(from: &fields.reader)
        fence = header.fence
        body = try Body.read(kind: header.kind, from: &fields)
        try fields.reader.finish()
    }
}

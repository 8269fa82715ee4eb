/// The first 40 bytes of every message.
///
/// | bytes | field |
/// |---|---|
/// | 0–3 | `TRIB` |
/// | 4–5 | protocol version |
/// | 6–7 | number of the message |
/// | 8–23 | run identifier |
/// | 24–31 | coordinator epoch |
/// | 32–39 | step |
struct Header: Equatable {
    /// Raised whenever a field changes; peers of unlike versions refuse each other.
    static let version: UInt16 = 8
    static let magic: [UInt8] = Array("TRIB".utf8)

    var kind: UInt16
    var fence: Fence

    func write(to writer: inout ByteWriter) {
        writer.write(fixed: Self.magic)
        writer.write(Self.version)
        writer.write(kind)
        writer.write(fixed: fence.run.bytes)
        writer.write(fence.epoch)
        writer.write(UInt64(fence.step))
    }

    init(kind: UInt16, fence: Fence) {
        self.kind = kind
        self.fence = fence
    }

    init(from reader: inout ByteReader) throws(WireError) {
        guard try reader.readFixed(4) == Self.magic else { throw .foreign }
        let version = try reader.read(UInt16.self)
        guard version == Self.version else { throw .version(version) }
        kind = try reader.read(UInt16.self)
        let run = RunIdentifier(try reader.readFixed(16))
        let epoch = try reader.read(UInt64.self)
        fence = Fence(run: run, epoch: epoch, step: try reader.readCount())
    }
}

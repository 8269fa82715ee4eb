import Hashing

/// Events as they lie in TensorBoard's files, one record after the other.
///
/// A record is the length in 8 bytes, the masked checksum of those in 4, the data, and its masked checksum in 4; numbers begin with the
/// lowest byte (TensorBoard, `summary/writer/record_writer.py`).
enum EventRecord {
    static func bytes(of data: [UInt8]) -> [UInt8] {
        let length = little(UInt64(data.count))
        return length + little(MaskedChecksum(length).value) + data + little(MaskedChecksum(data).value)
    }

    /// The data of all whole records at the beginning of a file; a torn or damaged one ends them.
    static func datas(in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var datas: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while let data = take(&rest) { datas.append(data) }
        return datas
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let length = rest.prefix(8)
        guard rest.count >= 16, little(MaskedChecksum(length).value) == Array(rest.dropFirst(8).prefix(4)) else {
            return nil
        }
        let count = length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count <= UInt64(rest.count - 16) else { return nil }
        let data = rest.dropFirst(12).prefix(Int(count))
        guard little(MaskedChecksum(data).value) == Array(rest[data.endIndex...].prefix(4)) else { return nil }
        rest = rest[(data.endIndex + 4)...]
        return data
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

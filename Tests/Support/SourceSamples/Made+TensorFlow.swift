extension Made {
    /// A feature of a `tf.train.Example` (`tensorflow/core/example/feature.proto`).
    public enum Feature {
        case bytes([UInt8])
        case floats([Float])
        case integers([Int])

        var message: [UInt8] {
            switch self {
            case .bytes(let bytes): Made.field(1, Made.field(1, bytes))
            case .floats(let numbers): Made.field(2, Made.field(1, Made.stored(numbers)))
            case .integers(let numbers): Made.field(3, Made.field(1, numbers.flatMap(Made.varint)))
            }
        }
    }

    /// A `tf.train.Example`.
    public static func example(_ features: [String: Feature]) -> [UInt8] {
        field(
            1,
            features.sorted { $0.key < $1.key }.flatMap {
                field(1, field(1, Array($0.key.utf8)) + field(2, $0.value.message))
            })
    }

    /// A file of TensorFlow's records.
    public static func records(_ datas: [[UInt8]]) -> [UInt8] {
        datas.flatMap { data in
            let length = stored([Int64(data.count)])
            return length + stored([maskedChecksum(length)]) + data + stored([maskedChecksum(data)])
        }
    }

    /// CRC-32C, turned by 15 bits, plus a number (TensorFlow, `lib/hash/crc32c.h`).
    private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        let checksum = ~bytes.reduce(~0 as UInt32) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }
}

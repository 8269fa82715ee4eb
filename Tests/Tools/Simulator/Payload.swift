/// What follows a message: floats or pixels.
enum Payload {
    case nothing
    case floats([Float])
    case bytes([UInt8])

    /// Its length in bytes.
    var count: Int {
        switch self {
        case .nothing: 0
        case .floats(let floats): 4 * floats.count
        case .bytes(let bytes): bytes.count
        }
    }

    var floats: [Float] {
        if case .floats(let floats) = self { return floats }
        return []
    }

    var bytes: [UInt8] {
        if case .bytes(let bytes) = self { return bytes }
        return []
    }
}

/// What follows a message: floats or pixels.
enum Payload {
    case nothing
    case floats([Float])
    case bytes([UInt8])

    var floats: [Float] {
        if case .floats(let floats) = self { return floats }
        return []
    }

    var bytes: [UInt8] {
        if case .bytes(let bytes) = self { return bytes }
        return []
    }
}

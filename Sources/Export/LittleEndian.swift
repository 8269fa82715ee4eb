extension [UInt32] {
    /// The numbers one after another, lowest byte first.
    var littleEndianBytes: [UInt8] { bytes(of: self) }
}

extension [Int64] {
    /// The numbers one after another, lowest byte first.
    var littleEndianBytes: [UInt8] { bytes(of: self) }
}

private func bytes<Number: FixedWidthInteger>(of numbers: [Number]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * Number.bitWidth / 8)
    for number in numbers {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
    return bytes
}

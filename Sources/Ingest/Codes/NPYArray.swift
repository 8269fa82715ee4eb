/// An array as NumPy saves it, about to be written: `numpy.save`'s bytes.
///
/// Version 1.0 of the format: `\x93NUMPY`, the header's length in two bytes, and a Python dictionary that is filled up with spaces so that
/// the numbers begin at a multiple of 64. Source: NumPy, `numpy/lib/format.py`.
struct NPYArray {
    /// Such as `<f4`.
    let descriptor: String
    let shape: [Int]
    /// The bytes of an element.
    let elementBytes: Int

    static func floats(_ shape: [Int]) -> NPYArray { NPYArray(descriptor: "<f4", shape: shape, elementBytes: 4) }
    static func doubles(_ shape: [Int]) -> NPYArray { NPYArray(descriptor: "<f8", shape: shape, elementBytes: 8) }
    static func integers(_ shape: [Int]) -> NPYArray { NPYArray(descriptor: "<i4", shape: shape, elementBytes: 4) }

    /// Texts of so many of Unicode's numbers at most, four bytes each.
    static func texts(_ texts: [String]) -> NPYArray {
        let length = max(1, texts.map(\.unicodeScalars.count).max() ?? 0)
        return NPYArray(descriptor: "<U\(length)", shape: [texts.count], elementBytes: 4 * length)
    }

    /// All bytes, the header's and the elements'.
    var size: Int { header.count + shape.reduce(1, *) * elementBytes }

    /// What stands before the elements.
    var header: [UInt8] {
        let extents = shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
        let text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(extents), }"
        let start = 10  // the bytes before the dictionary
        let length = (start + text.utf8.count + 1 + 63) / 64 * 64 - start
        let spaces = String(repeating: " ", count: length - text.utf8.count - 1)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
            + Array((text + spaces + "\n").utf8)
    }

    /// The elements of an array of texts, each filled up with zeros.
    func bytes(of texts: [String]) -> [UInt8] {
        texts.flatMap { text in
            let units = text.unicodeScalars.map(\.value)
            return littleEndian(units + Array(repeating: 0, count: elementBytes / 4 - units.count))
        }
    }
}

/// The bytes of numbers, the lowest first.
func littleEndian(_ values: [some FixedWidthInteger]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * MemoryLayout.size(ofValue: values.first ?? 0))
    for value in values {
        for byte in 0..<value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }
    return bytes
}

import Pictures
import Storage

extension CaffeDatum {
    /// The image of a value of Caffe's databases: a picture file, or channel by channel bytes or floats; nil for what is no such value.
    ///
    /// Three channels are blue, green, red, as OpenCV has them and `convert_imageset` writes them; here they are red, green, blue.
    /// Source: BVLC Caffe, `src/caffe/util/io.cpp`, `CVMatToDatum`.
    var image: RecordImage? {
        let bytes = [UInt8](data)
        if PictureFormat(of: bytes) != nil { return .picture(bytes) }
        let extents = [channels, height, width].map { Int($0) }
        guard extents.allSatisfy({ $0 > 0 && $0 <= 1 << 16 }) else { return nil }
        let count = extents.reduce(1, *)
        if bytes.count == count { return .numbers(.byte, shape: extents, bytes: turned(bytes, 1)) }
        guard floatData.count == count else { return nil }
        return .numbers(
            NumberFormat(.float, bytes: 4), shape: extents, bytes: turned(floatData.map(\.bitPattern).storedBytes, 4))
    }

    /// The last of three channels first.
    private func turned(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
        guard channels == 3 else { return bytes }
        let plane = Int(height * width) * size
        return Array(bytes[(2 * plane)...] + bytes[plane..<2 * plane] + bytes[..<plane])
    }
}

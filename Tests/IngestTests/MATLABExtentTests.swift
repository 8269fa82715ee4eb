import Testing

@testable import Ingest

/// libmatio believes the extents of an array: numbers that the file does not hold would be black images.
@Suite struct MATLABExtentTests {
    /// A file of level 5 with four images of 8 × 8 × 3 in X, of which its extents say that there are so many.
    private func file(images: Int, isBig: Bool, isPacked: Bool = false) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isBig ? bytes.reversed() : bytes
        }
        func short(_ type: Int, _ length: Int) -> [UInt8] { word(length << 16 | type) }
        let numbers = (0..<768).map { UInt8($0 % 251 + 1) }
        let flags = word(6) + word(8) + word(9) + word(0)
        let extents = word(5) + word(16) + [8, 8, 3, images].flatMap(word)
        let name = short(1, 1) + [UInt8(ascii: "X"), 0, 0, 0]
        let body = flags + extents + name + word(2) + word(numbers.count) + numbers
        let matrix = word(14) + word(body.count) + body
        let mark: [UInt8] = isBig ? [1, 0] + Array("MI".utf8) : [0, 1] + Array("IM".utf8)
        let header = Array("MATLAB 5.0 MAT-file".utf8) + [UInt8](repeating: 0x20, count: 105) + mark
        guard isPacked else { return header + matrix }
        let packed = stored(matrix)
        return header + word(15) + word(packed.count) + packed
    }

    /// A zlib stream (RFC 1950) with one stored block.
    private func stored(_ bytes: [UInt8]) -> [UInt8] {
        let (low, high) = (UInt8(bytes.count & 255), UInt8(bytes.count >> 8))
        let (a, b) = bytes.reduce((1, 0)) { sums, byte in
            let a = (sums.0 + Int(byte)) % 65_521
            return (a, (sums.1 + a) % 65_521)
        }
        return [0x78, 0x01, 1, low, high, ~low, ~high] + bytes + [b >> 8, b & 255, a >> 8, a & 255].map { UInt8($0) }
    }

    @Test(arguments: [(false, false), (false, true), (true, false)])
    func anArrayIsAsLongAsItsNumbers(_ isBig: Bool, _ isPacked: Bool) throws {
        let whole = try Imported(["a.mat": file(images: 4, isBig: isBig, isPacked: isPacked)], "a.mat")
        #expect(whole.dataset.count == 4)
        for images in [3, 8, 8_323_080] {
            let error = try sentence(["a.mat": file(images: images, isBig: isBig, isPacked: isPacked)], "a.mat")
            #expect(
                error?.contains("says that it has \(192 * images) numbers, and the file holds 768") == true,
                "\(error ?? "no error")")
        }
    }
}

import Foundation
import Pictures
import Testing

@Suite("PNG")
struct PNGTests {
    @Test("What is encoded is decoded again", arguments: [(1, 1, 1), (1, 1, 3), (37, 23, 1), (64, 48, 3)])
    func roundTrip(width: Int, height: Int, channels: Int) throws {
        let image = patterned(width: width, height: height, channels: channels)
        let bytes = try PNG.encode(image)
        #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try PNG.decode(bytes) == image)
    }

    @Test func noiseThatCannotBeCompressedFits() throws {
        var state: UInt32 = 1
        let pixels = (0..<120 * 90 * 3).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        let image = Image(width: 120, height: 90, channels: 3, pixels: pixels)
        #expect(try PNG.decode(PNG.encode(image)) == image)
    }

    @Test("A truncated file is an error", arguments: [0, 7, 20, 60, 300])
    func truncated(length: Int) throws {
        let bytes = try PNG.encode(patterned(width: 40, height: 40, channels: 3))
        #expect(throws: PictureError.self) { try PNG.decode(Array(bytes.prefix(length)), name: "cut.png") }
    }

    @Test func aCorruptByteIsAnErrorWithOneSentence() throws {
        var bytes = try PNG.encode(patterned(width: 40, height: 40, channels: 3))
        bytes[bytes.count / 2] ^= 0x55
        let error = #expect(throws: PictureError.self) { try PNG.decode(bytes, name: "bad.png") }
        #expect(error?.description.hasPrefix("Could not decode the PNG bad.png: ") == true)
    }

    @Test func aHugeClaimIsRefusedBeforeItIsBelieved() throws {
        var bytes = try PNG.encode(patterned(width: 4, height: 4, channels: 1))
        bytes.replaceSubrange(16..<24, with: [0x00, 0x0F, 0x42, 0x40, 0x00, 0x0F, 0x42, 0x40])
        bytes.replaceSubrange(29..<33, with: crc32(bytes[12..<29]))
        let error = #expect(throws: PictureError.self) { try PNG.decode(bytes, name: "huge.png") }
        #expect(error?.description.contains("1000000x1000000") == true)
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending(path: "none/a.png").path
            let missing = #expect(throws: PictureError.self) { try PNG.read(path) }
            #expect(missing?.description == "Could not read the picture \(path): No such file or directory.")
        }
    }
}

/// The checksum that ends a PNG chunk, big-endian (RFC 2083, appendix 15).
private func crc32(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    return withUnsafeBytes(of: (~crc).bigEndian, Array.init)
}

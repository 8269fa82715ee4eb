import Pictures
import Testing

@Suite("JPEG")
struct JPEGTests {
    @Test func colorDecodesAsPillowDoes() throws {
        let image = try JPEG.decode(bytes(hexadecimal: colorJPEGFile))
        #expect(image.width == 32 && image.height == 24 && image.channels == 3)
        #expect(Array(image.pixels.prefix(12)) == colorJPEGHead)
        #expect(checksum(image.pixels) == colorJPEGChecksum)
    }

    @Test func greyStaysGrey() throws {
        let image = try JPEG.decode(bytes(hexadecimal: greyJPEGFile))
        #expect(image.width == 16 && image.height == 16 && image.channels == 1)
        #expect(Array(image.pixels.prefix(12)) == greyJPEGHead)
        #expect(checksum(image.pixels) == greyJPEGChecksum)
    }

    @Test("A truncated file is an error", arguments: [0, 1, 10, 200, 630, 700])
    func truncated(length: Int) throws {
        let whole = bytes(hexadecimal: colorJPEGFile)
        try #require(length < whole.count)
        let error = #expect(throws: PictureError.self) { try JPEG.decode(Array(whole.prefix(length)), name: "cut.jpg") }
        #expect(
            error?.description.hasPrefix("Could not decode the JPEG cut.jpg: ") == true, "\(error?.description ?? "")")
    }

    @Test func whatIsNoJPEGIsAnError() {
        #expect(throws: PictureError.self) { try JPEG.decode(Array("not a picture at all".utf8)) }
    }

    @Test func aHugeClaimIsRefusedBeforeItIsBelieved() throws {
        var file = bytes(hexadecimal: greyJPEGFile)
        let frame = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
        file.replaceSubrange(frame + 5..<frame + 9, with: [0xFD, 0xE8, 0xFD, 0xE8])
        let error = #expect(throws: PictureError.self) { try JPEG.decode(file, name: "huge.jpg") }
        #expect(error?.description.contains("65000x65000") == true)
    }
}

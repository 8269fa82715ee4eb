import Foundation
import Pictures
import Testing

@Suite("Pictures of every kind")
struct PictureTests {
    @Test("pixels are Pillow's, upright", arguments: pillowPictures)
    func pixels(_ case: PillowPicture) throws {
        let file = try #require(Data(base64Encoded: `case`.file))
        let expected = Array(try #require(Data(base64Encoded: `case`.pixels)))
        let picture = try Picture(Array(file), name: `case`.name)
        let image = picture.image
        try #require(
            image.width == `case`.width && image.height == `case`.height && image.pixels.count == expected.count)
        let differences = zip(image.pixels, expected).map { abs(Int($0) - Int($1)) }
        #expect(differences.reduce(0, +) <= differences.count, "the mean difference is more than 1")
        #expect(differences.count { $0 > 2 } * 1000 <= differences.count, "\(differences.max() ?? 0)")
        let header = try PictureHeader(Array(file), name: `case`.name)
        #expect(header.width == image.width && header.height == image.height && header.channels == image.channels)
    }

    @Test("what had to be converted is said")
    func traits() throws {
        let expected: [(String, PictureTraits)] = [
            ("JPEG turned 1", []), ("JPEG turned 3", .turned), ("JPEG CMYK", .ink), ("JPEG with junk", .warning),
            ("PNG palette with transparency", [.palette, .transparency]), ("PNG 1 bit", .fewBits),
            ("PNG RGB 16 bits", .sixteenBits), ("PNG RGBA", .transparency), ("PNG turned 6", .turned),
            ("WebP RGBA", .transparency), ("WebP turned 8", .turned), ("WebP", []),
        ]
        for (name, traits) in expected {
            let file = try #require(pillowPictures.first { $0.name == name }?.file)
            #expect(try Picture(Array(Data(base64Encoded: file)!), name: name).traits == traits, "\(name)")
        }
    }

    @Test("every cut of every kind is a sentence with the name", arguments: pillowPictures)
    func cut(_ case: PillowPicture) throws {
        let file = Array(try #require(Data(base64Encoded: `case`.file)))
        for share in [0.0, 0.02, 0.3, 0.6, 0.9] {
            let error = #expect(throws: PictureError.self) {
                try Picture(Array(file.prefix(Int(share * Double(file.count)))), name: "cut.file")
            }
            #expect(error?.description.contains("cut.file") == true)
        }
    }

    @Test(
        "what is no picture is told by its content, not by its name",
        arguments: [
            ("<!DOCTYPE html><html>", "is a web page"), ("GIF89a", "is a GIF"), ("BM1234", "is a BMP"),
            ("", "is empty"),
            ("II*\0", "is a TIFF"), ("hello", "is no picture that is known"),
        ])
    func others(text: String, what: String) {
        let error = #expect(throws: PictureError.self) { try Picture(Array(text.utf8), name: "a.jpg") }
        #expect(error?.description == "a.jpg \(what); JPEG, PNG and WebP pictures are read.")
    }

    @Test("a WebP animation is refused")
    func animation() {
        // An extended header that says that frames follow.
        let header =
            Array("RIFF".utf8) + [22, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 9, 0, 0]
        #expect(throws: PictureError.self) { try Picture(header, name: "a.webp") }
    }
}

extension PillowPicture: CustomTestStringConvertible {
    var testDescription: String { name }
}

import Testing

@testable import Pictures

@Suite("Animations")
struct AnimatedPNGTests {
    private static let frames = [
        patterned(width: 9, height: 7, channels: 3), Image(width: 9, height: 7, color: [1, 2, 3]),
        Image(width: 9, height: 7, color: [4, 5, 6]),
    ]

    /// Whoever knows only PNG sees the first; libpng checks the checksums of all parts on its way to the end.
    @Test func framesAreNumberedBehindTheFirstPicture() throws {
        let bytes = try AnimatedPNG.encode(Self.frames, milliseconds: 80)
        var (types, numbers): ([String], [Int]) = ([], [])
        var place = 8
        while place < bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            types.append(type)
            if ["fcTL", "fdAT"].contains(type) {
                numbers.append(bytes[place + 8..<place + 12].reduce(0) { $0 << 8 | Int($1) })
            }
            place += 12 + length
        }
        #expect(types == ["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"])
        #expect(numbers == [0, 1, 2, 3, 4])
        #expect(try PNG.decode(bytes) == Self.frames[0])
    }
}

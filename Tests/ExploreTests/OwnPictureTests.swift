import Pictures
import Testing
import VAE

@testable import Explore

@Suite struct OwnPictureTests {
    @Test(arguments: [(10, 30), (30, 10), (1, 1), (1, 500), (64, 64)])
    func aPictureOfAnyShapeFits(width: Int, height: Int) {
        for (channels, other) in [(1, 3), (3, 1), (3, 3)] {
            let picture = Image(width: width, height: height, color: Array(repeating: 200, count: other))
            let images = ImageDescription(channels: channels, height: 6, width: 8)
            let fitted = picture.fitted(to: images)
            #expect(fitted == Image(width: 8, height: 6, color: Array(repeating: 200, count: channels)))
        }
    }

    @Test func theMiddleStays() {
        var picture = Image(width: 9, height: 3, color: [0])
        for y in 0..<3 { for x in 3..<6 { picture[x, y, 0] = UInt8(10 * x + y) } }
        let fitted = picture.fitted(to: ImageDescription(channels: 1, height: 3, width: 3))
        #expect(fitted.pixels == [30, 40, 50, 31, 41, 51, 32, 42, 52])
        let wide = Image(width: 30, height: 2, channels: 1, pixels: (0..<60).map { UInt8($0 % 30) })
        #expect(
            wide.fitted(to: ImageDescription(channels: 1, height: 2, width: 4)).pixels == [
                13, 14, 15, 16, 13, 14, 15, 16,
            ])
        let high = Image(width: 4, height: 8, channels: 1, pixels: (0..<32).map { UInt8($0 / 4) })
        #expect(high.fitted(to: ImageDescription(channels: 1, height: 2, width: 4)).pixels == [3, 3, 3, 3, 4, 4, 4, 4])
    }
}

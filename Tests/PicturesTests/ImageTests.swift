import Pictures
import Testing

@Suite("Images")
struct ImageTests {
    @Test("A resized image equals Pillow's, bit for bit", arguments: pillowResizeCases)
    func resizesAsPillow(_ expected: ResizeCase) {
        let source = patterned(width: expected.source.0, height: expected.source.1, channels: expected.channels)
        let resized = source.resized(width: expected.target.0, height: expected.target.1, filter: expected.filter)
        #expect(resized.width == expected.target.0 && resized.height == expected.target.1)
        #expect(Array(resized.pixels.prefix(12)) == expected.head)
        #expect(checksum(resized.pixels) == expected.checksum)
    }

    @Test func resizingToItsOwnSizeChangesNothing() {
        let image = patterned(width: 9, height: 7, channels: 3)
        #expect(image.resized(width: 9, height: 7) == image)
    }

    @Test func aFlatImageStaysFlat() {
        let image = Image(width: 50, height: 31, color: [10, 200, 255])
        #expect(
            image.resized(width: 13, height: 64, filter: .lanczos).pixels
                == Image(width: 13, height: 64, color: [10, 200, 255]).pixels)
    }

    @Test func aCropHoldsTheRightPixels() {
        let image = patterned(width: 10, height: 8, channels: 3)
        let crop = image.cropped(x: 2, y: 3, width: 4, height: 5)
        #expect(crop.width == 4 && crop.height == 5)
        #expect(crop[0, 0, 1] == image[2, 3, 1])
        #expect(crop[3, 4, 2] == image[5, 7, 2])
    }

    @Test func aCenterCropLeavesEqualMargins() {
        let image = patterned(width: 178, height: 218, channels: 3)
        #expect(image.centerCropped(width: 148, height: 148) == image.cropped(x: 15, y: 35, width: 148, height: 148))
    }

    @Test func planesBecomePixelsAndBack() {
        let planar: [UInt8] = Array(0..<24)
        let second = Image(planar: planar, index: 1, channels: 3, height: 2, width: 2)
        #expect(second[0, 0, 0] == 12 && second[1, 0, 0] == 13 && second[0, 1, 1] == 18 && second[1, 1, 2] == 23)
        #expect(second.planarPixels == Array(planar[12...]))
    }

    @Test func numbersAreScaledRoundedAndClamped() {
        let image = Image(planar: [0, 0.5, 1, -3, 7, .nan] as [Float], channels: 1, height: 1, width: 6)
        #expect(image.pixels == [0, 128, 255, 0, 255, 0])
    }
}

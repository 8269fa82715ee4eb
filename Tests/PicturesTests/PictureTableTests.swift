import Pictures
import Testing

@Suite("Tables of pictures")
struct PictureTableTests {
    @Test func tablesHaveEveryPictureInItsPlace() {
        let tiles = [10, 20, 30, 40].map { Image(width: 60, height: 50, color: [$0, $0, $0]) }
        let block = PictureTable.Block(title: "Smiling", rows: [[tiles[0], tiles[1]], [tiles[2], tiles[3]]])
        let image = PictureTable(headings: ["-1", "+1"], blocks: [block, block]).image()
        #expect(image.width == 2 * 62 + 2 && image.height == 20 + 2 * (26 + 2 * 52 + 2))
        #expect(image[30, 20 + 26 + 20, 0] == 10 && image[90, 20 + 26 + 20, 0] == 20)
        #expect(image[30, 20 + 26 + 20 + 52, 0] == 30 && image[90, 20 + 26 + 106 + 26 + 72, 0] == 40)
    }

    @Test func smallPicturesAreMagnifiedInTables() {
        let tile = Image(width: 28, height: 28, color: [7])
        let image = PictureTable(headings: ["x"], blocks: [.init(title: "7", rows: [[tile]])]).image()
        #expect(image.width == 56 + 4 && image[3, 20 + 26 + 3, 0] == 7 && image[57, 20 + 26 + 57, 0] == 7)
    }
}

import Pictures
import Testing

@Suite("Grids")
struct GridTests {
    private func tile(_ value: UInt8) -> Image { Image(width: 3, height: 2, color: [value]) }

    @Test func tilesFillRowsFromTheUpperLeft() {
        let grid = Grid.image([tile(1), tile(2), tile(3)], columns: 2, padding: 1)
        #expect(grid.width == 9 && grid.height == 7)
        #expect(grid[0, 0, 0] == 255 && grid[1, 1, 0] == 1 && grid[5, 1, 0] == 2 && grid[1, 4, 0] == 3)
        #expect(grid[5, 4, 0] == 255)
    }

    @Test func anOriginalStandsLeftOfItsReconstruction() {
        let grid = Grid.pairs(
            originals: [tile(1), tile(2), tile(3)], reconstructions: [tile(11), tile(12), tile(13)], pairsPerRow: 2,
            padding: 0)
        #expect((0..<4).map { grid[$0 * 3, 0, 0] } == [1, 11, 2, 12])
        #expect((0..<2).map { grid[$0 * 3, 2, 0] } == [3, 13])
    }

    @Test func greyIsSpreadBesideColor() {
        let grid = Grid.image([tile(7), Image(width: 3, height: 2, color: [1, 2, 3])], columns: 2, padding: 0)
        #expect(grid.pixels.prefix(3) == [7, 7, 7] && grid[3, 0, 2] == 3)
    }
}

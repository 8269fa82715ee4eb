import Pictures

extension ImageDataset {
    /// A picture of examples spread over the whole file, in rows of eight: what training would see.
    ///
    /// Of two channels the first is shown, of four the first three.
    /// - Parameter count: How many, at most.
    public func contactSheet(count: Int = 64) throws -> Image {
        let wanted = min(count, writtenRows.count)
        let rows = (0..<wanted).map { writtenRows[$0 * writtenRows.count / wanted] }
        let shown = shape.channels >= 3 ? 3 : 1
        let tiles = try rows.map { row in
            let pixels = Array(try pixels(rows: [row]).prefix(shown * shape.height * shape.width))
            return Image(planar: pixels, channels: shown, height: shape.height, width: shape.width)
        }
        return Grid.image(tiles, columns: 8)
    }
}

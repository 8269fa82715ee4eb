/// Many pictures in one: tiles in rows, from the upper left.
public enum Grid {
    /// Lays tiles of one size out in rows of `columns`, with `padding` pixels of white around each.
    ///
    /// Grey and colour may be mixed: the grid has colour where any tile has.
    public static func image(_ tiles: [Image], columns: Int, padding: Int = 2) -> Image {
        precondition(
            columns > 0 && padding >= 0, "a grid of \(columns) columns with padding \(padding) cannot be drawn")
        guard let first = tiles.first else { preconditionFailure("a grid needs at least one picture") }
        let channels = tiles.map(\.channels).max() ?? 1
        let rows = (tiles.count + columns - 1) / columns
        let (stepX, stepY) = (first.width + padding, first.height + padding)
        let white = [UInt8](repeating: 255, count: channels)
        var grid = Image(width: columns * stepX + padding, height: rows * stepY + padding, color: white)
        for (index, tile) in tiles.enumerated() {
            precondition(
                tile.width == first.width && tile.height == first.height,
                "tile \(index) is \(tile.width)x\(tile.height) in a grid of \(first.width)x\(first.height)")
            grid.paste(tile, x: padding + index % columns * stepX, y: padding + index / columns * stepY)
        }
        return grid
    }

    /// Lays out pairs, each original with its reconstruction at its right, `pairs` of them in a row.
    public static func pairs(
        originals: [Image], reconstructions: [Image], pairsPerRow: Int = 4, padding: Int = 2
    ) -> Image {
        precondition(
            originals.count == reconstructions.count,
            "\(originals.count) originals do not pair with \(reconstructions.count) reconstructions")
        let tiles = zip(originals, reconstructions).flatMap { [$0, $1] }
        return image(tiles, columns: 2 * pairsPerRow, padding: padding)
    }
}

extension Image {
    /// Copies another image over this one; grey is spread over colour.
    mutating func paste(_ other: Image, x: Int, y: Int) {
        precondition(other.channels == 1 || other.channels == channels, "colour cannot be pasted into grey")
        for row in 0..<other.height {
            let (source, target) = (other.offset(0, row), offset(x, y + row))
            if other.channels == channels {
                let values = other.pixels[source..<source + other.width * channels]
                pixels.replaceSubrange(target..<target + values.count, with: values)
                continue
            }
            for column in 0..<other.width {
                for channel in 0..<channels {
                    pixels[target + column * channels + channel] = other.pixels[source + column]
                }
            }
        }
    }
}

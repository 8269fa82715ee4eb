/// An array of images that lies as a user says with `--layout`.
struct LaidOutArray {
    /// With images along its first axis.
    let array: NumberArray
    let layout: ImageLayout

    /// Nil where the layout is for another number of axes or of values.
    ///
    /// - Throws: `DataError` for extents that are not those of images.
    init?(_ stored: NumberArray, _ layout: AxisLayout) throws {
        switch layout {
        case .axes(let axes): guard axes.count == stored.shape.count else { return nil }
        case .flat(_, let extents):
            guard stored.shape.count == 2, stored.shape.contains(extents.reduce(1, *)) else { return nil }
        }
        let axes = try ImageAxes(layout, .option, of: stored.shape, place: stored.place)
        guard (1...4).contains(axes.shape.channels) else {
            throw DataError(
                stored.place,
                "is \(stored.shape), which has \(axes.shape.channels) channels as --layout \(layout): pictures have 1 to 4"
            )
        }
        array = stored.counted(along: axes.imageAxis)
        self.layout =
            switch layout {
            case .axes(let all): ImageLayout(all.filter { $0 != .image }, Array(array.shape.dropFirst()))
            case .flat(let inner, let extents): ImageLayout(inner, extents)
            }
    }
}

/// How the images of a dataset lie in its axes, and how they become (C, H, W).
struct ImageAxes: Sendable {
    /// Who says so.
    enum Source: String, Sendable {
        case option = "as --layout says"
        case names = "named in the file"
        case matlab = "turned, as MATLAB wrote it"
        case shape = "inferred from the shape"
        case pictures = "decoded pictures"
    }

    /// The axis that counts images.
    let imageAxis: Int
    let shape: ImageShape
    let layout: AxisLayout
    let source: Source

    /// The distances of an image's channels, rows and columns in the file's order; nil where that order is (C, H, W).
    private let strides: (channel: Int, row: Int, column: Int)?

    /// The most values of one image.
    private static let limit = 1 << 26

    /// - Throws: `DataError` where the layout does not fit the shape.
    init(_ layout: AxisLayout, _ source: Source, of stored: [Int], place: String) throws {
        let (axes, extents): ([AxisLayout.Axis], [Int])
        switch layout {
        case .axes(let all):
            guard all.count == stored.count else {
                throw DataError(
                    place,
                    "has shape \(stored), and \(layout) names \(all.count) axes: name all \(stored.count) with --layout"
                )
            }
            let first = all.firstIndex(of: .image) ?? 0
            imageAxis = first
            let rest = all.indices.filter { $0 != first }
            (axes, extents) = (rest.map { all[$0] }, rest.map { stored[$0] })
        case .flat(let inner, let sizes):
            (axes, extents) = (inner, sizes)
            imageAxis = try Self.imageAxis(of: stored, values: sizes.reduce(1, *), layout, place)
        }
        let size = Dictionary(uniqueKeysWithValues: zip(axes, extents))
        let shape = ImageShape(channels: size[.channel] ?? 1, height: size[.row] ?? 1, width: size[.column] ?? 1)
        self.shape = shape
        guard (1...Self.limit).contains(shape.count) else {
            throw DataError(place, "has shape \(stored), which is not that of images")
        }
        self.layout = layout
        self.source = source
        strides = Self.strides(axes, extents, shape)
    }

    private static func imageAxis(of stored: [Int], values: Int, _ layout: AxisLayout, _ place: String) throws -> Int {
        guard stored.count == 2, let other = [1, 0].first(where: { stored[$0] == values }) else {
            throw DataError(
                place,
                "has shape \(stored), and \(layout) is for two axes of which one has \(values) values: say another --layout"
            )
        }
        return 1 - other
    }

    private static func strides(
        _ axes: [AxisLayout.Axis], _ extents: [Int], _ shape: ImageShape
    ) -> (channel: Int, row: Int, column: Int)? {
        let order: [AxisLayout.Axis] = [.channel, .row, .column]
        let counted = { (axis: AxisLayout.Axis) in axis != .channel || shape.channels > 1 }
        guard axes.filter(counted) != order.filter(counted) else { return nil }
        var strides: [AxisLayout.Axis: Int] = [:]
        var stride = 1
        for (axis, extent) in zip(axes, extents).reversed() {
            strides[axis] = stride
            stride *= extent
        }
        return (strides[.channel] ?? 0, strides[.row] ?? 0, strides[.column] ?? 0)
    }

    /// Brings images, one behind the other in the file's order of axes, into the order (N, C, H, W).
    func channelsFirst(_ pixels: [UInt8]) -> [UInt8] {
        guard let strides else { return pixels }
        var result = [UInt8](repeating: 0, count: pixels.count)
        // Where rows follow one another as columns do, a plane is one long row.
        let isPlane = strides.row == shape.width * strides.column
        let (rows, columns) = isPlane ? (1, shape.height * shape.width) : (shape.height, shape.width)
        var target = 0
        for start in stride(from: 0, to: pixels.count, by: shape.count) {
            for channel in 0..<shape.channels {
                for row in 0..<rows {
                    var source = start + channel * strides.channel + row * strides.row
                    for index in target..<target + columns {
                        result[index] = pixels[source]
                        source += strides.column
                    }
                    target += columns
                }
            }
        }
        return result
    }
}

extension ImageAxes: CustomStringConvertible {
    /// Such as `N, H, W, C (inferred from the shape)`.
    var description: String {
        let text: String =
            switch layout {
            case .axes(let axes): axes.map(\.rawValue).joined(separator: ", ")
            case .flat(let axes, let extents):
                (imageAxis == 0 ? "N, " : "") + axes.map(\.rawValue).joined(separator: "·")
                    + " of \(extents.map(String.init).joined(separator: " × "))" + (imageAxis == 0 ? "" : ", N")
            }
        return "\(text) (\(source.rawValue))"
    }
}

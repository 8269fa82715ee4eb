import Storage
import Synchronization

/// The images of one dataset, whatever the file has.
struct PixelPart: Sendable {
    let name: String
    let count: Int
    let axes: ImageAxes
    let storedType: ElementType
    /// How the images lie in the file, in words.
    let layout: String
    let images: any StoredImages
    /// Rows that can be read as they are, past the library; nil where something has to be unpacked.
    let rows: ContiguousRows?
    /// Rows that were never written, in order.
    let missing: [Range<Int>]
    let chunks: (written: Int, all: Int)
    let isBool: Bool

    var shape: ImageShape { axes.shape }

    /// Opens a dataset of a file of its own, so that parts share nothing.
    init(path: String, _ part: ImageNames.Part, _ options: ReadingOptions) throws {
        if part.isStack {
            let stack = try DatasetStack(path: path, name: part.dataset, Stack.pictures)
            if options.layout == nil, let pictures = try EncodedImages(stack) {
                try self.init(pictures, part)
                return
            }
            guard stack.elementType != .opaque else {
                throw DataError(
                    stack.place, "holds bytes without a type that are no PNG and no JPEG: write arrays of numbers")
            }
            try self.init(stack, part, options)
            return
        }
        let dataset = try File.open(path).root.sparseDataset(part.dataset)
        let place = "\(part.dataset) of \(path)"
        if options.layout == nil, let pictures = try EncodedImages(path: path, name: part.dataset, dataset) {
            try self.init(pictures, part)
            return
        }
        guard dataset.elementType.isNumber || dataset.elementType == .bool else {
            throw DataError(
                place, "holds \(dataset.elementType), which is not pixels: write them as an array of numbers")
        }
        guard dataset.count > 0 else {
            throw DataError(place, "has shape \(dataset.shape), which is not that of images")
        }
        let elements = try StoredElements(path: path, name: part.dataset)
        // gzip makes no byte of more than 1032, so this is what a dead writer or a liar left.
        guard dataset.count / 1032 <= elements.fileBytes else {
            throw DataError(
                place,
                "has shape \(dataset.shape), but the file has only \(elements.fileBytes) bytes, so most of it was never written: "
                    + "write it again")
        }
        let axes = try Self.axes(of: dataset, options, place)
        try self.init(
            part, axes, count: dataset.shape[axes.imageAxis], dataset.elementType, Self.describe(dataset.layout),
            DatasetImages(elements: elements, axis: axes.imageAxis),
            rows: axes.imageAxis == 0 ? elements.contiguous : nil)
    }

    private init(_ stack: DatasetStack, _ part: ImageNames.Part, _ options: ReadingOptions) throws {
        let shape = [stack.names.count] + stack.shape
        let axes =
            try options.layout.map { try ImageAxes($0, .option, of: shape, place: stack.place) }
            ?? ImageAxes(of: shape, names: [], isTurned: false, place: stack.place)
        guard axes.imageAxis == 0 else { throw DataError(stack.place, "is a group of images: begin --layout with N") }
        try self.init(
            part, axes, count: stack.names.count, stack.elementType, "a dataset for each image",
            StackedImages(stack: stack),
            rows: nil)
    }

    private init(_ pictures: EncodedImages, _ part: ImageNames.Part) throws {
        let (count, shape) = (pictures.count, pictures.shape)
        let axes = try ImageAxes(
            .axes([.image, .channel, .row, .column]), .pictures,
            of: [count, shape.channels, shape.height, shape.width],
            place: pictures.place)
        try self.init(part, axes, count: count, UInt8.elementType, "PNG or JPEG", pictures, rows: nil)
    }

    private init(
        _ part: ImageNames.Part, _ axes: ImageAxes, count: Int, _ storedType: ElementType, _ layout: String,
        _ images: any StoredImages, rows: ContiguousRows?
    ) throws {
        name = part.dataset
        self.axes = axes
        self.count = count
        self.storedType = storedType
        isBool = storedType == .bool
        self.layout = layout
        self.images = images
        self.rows = rows
        let (missing, written, all) = try images.missingRows()
        (self.missing, chunks) = (missing, (written, all))
    }

    private static func axes(of dataset: Dataset, _ options: ReadingOptions, _ place: String) throws -> ImageAxes {
        if let layout = options.layout { return try ImageAxes(layout, .option, of: dataset.shape, place: place) }
        return try ImageAxes(
            of: dataset.shape, names: names(of: dataset), isTurned: dataset.hasAttribute("MATLAB_class"), place: place)
    }

    /// The names of the axes, or none where the file gives none for each.
    private static func names(of dataset: Dataset) -> [String] {
        for name in [DatasetNames.axes, DatasetNames.dimensionLabels] where dataset.hasAttribute(name) {
            let labels = (try? dataset.texts(name)) ?? []
            if labels.count == dataset.shape.count { return labels }
        }
        return []
    }

    private static func describe(_ layout: Layout) -> String {
        guard let chunk = layout.chunk else { return "in one piece" }
        let filters = [
            layout.shuffle ? "shuffled" : nil, layout.gzip.map { "gzip \($0)" }, layout.lzf ? "lzf" : nil,
            layout.fletcher32 ? "checksummed" : nil,
        ]
        return (["chunks of \(chunk)"] + filters.compactMap { $0 }).joined(separator: ", ")
    }

    /// What the values are like; of bytes only as many are read as leave no doubt.
    ///
    /// - Parameter range: What a user says is black and white.
    func values(range: ClosedRange<Double>?, _ progress: ReadingProgress) throws -> PartValues {
        let ranges = PixelScale.ranges(range)
        let all = Mutex(ValueStatistics(ranges: ranges))
        let format = images.format
        for rows in written(by: images.step) {
            try images.forEachPiece(of: rows) { piece in
                var own = ValueStatistics(ranges: ranges)
                format.isByte ? own.add(bytes: piece) : own.add(format.values(in: piece))
                all.withLock { $0.add(own) }
            }
            progress("looking at the values of \(name)", rows.upperBound, count)
            if format.isByte, range == nil, all.withLock(\.areBytesBeyondDoubt) { break }
        }
        return PartValues(name: name, format: format, isBool: isBool, statistics: all.withLock { $0 })
    }

    /// All rows that were written, in steps.
    func written(by step: Int) -> [Range<Int>] {
        var (start, present) = (0, [Range<Int>]())
        for gap in missing {
            if gap.lowerBound > start { present.append(start..<gap.lowerBound) }
            start = gap.upperBound
        }
        if start < count { present.append(start..<count) }
        return present.flatMap { range in
            stride(from: range.lowerBound, to: range.upperBound, by: step).map { $0..<min($0 + step, range.upperBound) }
        }
    }
}

/// Says how far a reading has come: what is being done, and how much of how much.
public typealias ReadingProgress = @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void

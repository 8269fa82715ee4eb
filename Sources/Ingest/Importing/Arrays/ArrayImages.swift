import Pictures
import Storage

/// Images of several arrays, one after the other.
struct ArrayImages: ImageReader {
    /// An array with the layout of its rows.
    struct Part {
        let array: NumberArray
        let layout: ImageLayout
    }

    private var parts: ArraySlice<(part: Part, convert: ([UInt8]) -> [UInt8])>
    private var read: ((Int) throws -> [UInt8])?
    private var done = 0

    /// - Parameter scales: What the numbers of each part mean.
    init(_ parts: [Part], _ scales: [PixelScale]) {
        self.parts = zip(parts, scales).map { ($0, $1.conversion(from: $0.array.format)) }[...]
    }

    mutating func next(_ count: Int) throws -> [Image] {
        var images: [Image] = []
        while images.count < count, let (part, convert) = parts.first {
            let array = part.array
            let read = try self.read ?? array.open()
            self.read = read
            let rows = min(count - images.count, array.count - done)
            let size = array.rowCount * array.format.bytes
            let stored = try read(rows * size)
            guard stored.count == rows * size else { throw array.cut() }
            let bytes = convert(stored)
            images += (0..<rows).map { part.layout.image(bytes[$0 * array.rowCount..<($0 + 1) * array.rowCount]) }
            done += rows
            if done == array.count {
                try array.requireEnd(read)
                (parts, self.read, done) = (parts.dropFirst(), nil, 0)
            }
        }
        return images
    }
}

extension ImportPlan {
    /// Arrays of images, with the split of each.
    ///
    /// - Throws: `DataError` where their shapes differ, or their numbers fit no range.
    init(_ parts: [(part: ArrayImages.Part, split: String?)], _ source: SourceFiles, provenance: [String: String])
        throws
    {
        let arrays = parts.map(\.part)
        for part in arrays { try part.array.requireCredible() }
        guard let shape = arrays.first?.layout.shape else { throw DataError(source.shown, "holds no images") }
        if let empty = arrays.first(where: { $0.array.shape.contains(0) || $0.layout.count == 0 }) {
            throw DataError(empty.array.place, "is \(empty.array.shape): it holds no pixels")
        }
        if let other = arrays.first(where: { $0.layout.shape != shape }) {
            throw DataError(
                source.shown,
                "has images of \(shape) in \(arrays[0].array.name) and of \(other.layout.shape) in \(other.array.name)")
        }
        let range = source.options.range
        let scales = try PixelScale.scales(
            of: Self.values(of: arrays.map(\.array), range, source.progress), range: range, place: source.shown)
        let names = parts.map { $0.split ?? "train" }
        let splits = SplitNames.all.filter(names.contains)
        let assignment = zip(arrays, names).flatMap { part, name in
            [UInt8](repeating: UInt8(splits.firstIndex(of: name)!), count: part.array.count)
        }
        self.init(
            splits: splits, assignment: assignment,
            content: .arrays(shape) { ArrayImages(arrays, scales) }, provenance: provenance)
        var seen: Set<PixelScale> = []
        for scale in scales where seen.insert(scale).inserted {
            if !scale.keepsBytes { notes.append("Numbers were taken as \(scale).") }
            notes += scale.notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
        }
        if let part = arrays.first, part.layout.channels % 2 == 0 {
            notes.append("The last channel is opacity: images were laid over white.")
        }
    }

    /// What the numbers of arrays are like: all of them, or of bytes as many as leave no doubt.
    private static func values(
        of arrays: [NumberArray], _ range: ClosedRange<Double>?, _ progress: ImportProgress
    ) throws -> [PartValues] {
        let all = arrays.reduce(0) { $0 + $1.count }
        var done = 0
        return try arrays.map { array in
            var statistics = ValueStatistics(ranges: PixelScale.ranges(range))
            try array.forEachPiece { stored in
                array.format.isByte ? statistics.add(bytes: stored) : statistics.add(array.format.values(in: stored))
                done += stored.count / max(1, array.rowCount * array.format.bytes)
                progress(.lookedAt(done, of: all))
                return !(array.format.isByte && range == nil && statistics.areBytesBeyondDoubt)
            }
            return PartValues(name: array.name, format: array.format, isBool: false, statistics: statistics)
        }
    }
}

import Pictures
import Storage

/// Images of several arrays, one after the other.
struct ArrayImages: ImageReader {
    /// An array with the layout of its rows.
    struct Part {
        let array: NumberArray
        let layout: ImageLayout
    }

    private let scale: NumberScale
    private var parts: ArraySlice<Part>
    private var read: ((Int) throws -> [UInt8])?
    private var done = 0

    init(_ parts: [Part], _ scale: NumberScale) {
        self.scale = scale
        self.parts = parts[...]
    }

    mutating func next(_ count: Int) throws -> [Image] {
        var images: [Image] = []
        while images.count < count, let part = parts.first {
            let array = part.array
            let read = try self.read ?? array.open()
            self.read = read
            let rows = min(count - images.count, array.count - done)
            let size = array.rowCount * array.format.bytes
            let stored = try read(rows * size)
            guard stored.count == rows * size else { throw array.cut() }
            let bytes = scale.bytes(stored, array.format)
            images += (0..<rows).map { part.layout.image(bytes[$0 * array.rowCount..<($0 + 1) * array.rowCount]) }
            done += rows
            if done == array.count {
                // What is behind the last row says whether the file is whole: archives check their sums there.
                guard try read(1).isEmpty else {
                    throw DataError(array.place, "is too long: it should hold \(array.shape) numbers")
                }
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
        let (scale, clipped) = try NumberScale.decide(arrays.map(\.array), source.progress)
        let names = parts.map { $0.split ?? "train" }
        let splits = SplitNames.all.filter(names.contains)
        let assignment = zip(arrays, names).flatMap { part, name in
            [UInt8](repeating: UInt8(splits.firstIndex(of: name)!), count: part.array.count)
        }
        self.init(
            splits: splits, assignment: assignment,
            content: .arrays(shape) { ArrayImages(arrays, scale) }, provenance: provenance)
        if scale != .bytes {
            let clips =
                clipped > 0
                ? "; \(counted(clipped, "number")) a little beyond \(clipped == 1 ? "was" : "were") clipped" : ""
            notes.append("Numbers were taken as \(scale)\(clips).")
        }
        if let part = arrays.first, part.layout.channels % 2 == 0 {
            notes.append("The last channel is opacity: images were laid over white.")
        }
    }
}

import Archives
import Pictures

/// Decides the shape of the images that are written.
enum ShapeRule {
    /// The side of pictures that have several sizes, in pixels.
    private static let side = 64
    /// What a header is looked for in, in bytes.
    private static let headerBytes = 1 << 16

    /// - Returns: What shapes pictures, and what is to be said about it.
    static func decide(_ plan: ImportPlan, _ files: SourceFiles) throws -> (ImageShaper, [String]) {
        let options = files.options
        let crop = options.crop ?? plan.usual.crop
        var (size, color) = (options.size ?? plan.usual.size, options.color ?? plan.usual.color)
        var notes: [String] = []
        if size == nil || color == nil {
            let found = try survey(plan.content, forSizes: size == nil, files.progress)
            if size == nil { (size, notes) = choose(found.sizes, crop) }
            if color == nil { color = found.channels == [1] ? .gray : .rgb }
        }
        let chosen = size ?? PictureSize(width: side, height: side)
        if case .celeba(let crop) = crop, chosen.width != chosen.height {
            throw DataError(
                files.shown, "is cropped to squares by \(crop.name), so --size is one number, not \(chosen)")
        }
        let shape = ImageShape(channels: (color ?? .rgb).channels, height: chosen.height, width: chosen.width)
        return (ImageShaper(shape: shape, crop: crop, resize: options.resize, only: plan.usual.only), notes)
    }

    private static func survey(_ content: ImportPlan.Content, forSizes: Bool, _ progress: ImportProgress) throws -> (
        sizes: Set<PictureSize>, channels: Set<Int>
    ) {
        switch content {
        case .arrays(let shape, _): return ([PictureSize(width: shape.width, height: shape.height)], [shape.channels])
        case .pictures(let tree, let entries):
            var (sizes, channels) = (Set<PictureSize>(), Set<Int>())
            for (number, entry) in entries.enumerated() {
                if number % 256 == 0 { progress(.lookedAt(number, of: entries.count)) }
                // Whoever has no header is found, and named, when it is decoded.
                guard let header = header(tree, entry) else { continue }
                sizes.insert(PictureSize(width: header.width, height: header.height))
                channels.insert(header.channels)
                // One in colour is enough where only that is asked.
                if !forSizes, header.channels == 3 { break }
            }
            return (sizes, channels)
        }
    }

    private static func header(_ tree: FileTree, _ entry: FileTree.Entry) -> PictureHeader? {
        let name = tree.place(of: entry)
        guard let start = try? tree.read(entry, atMost: headerBytes) else { return nil }
        let isWhole = start.count < headerBytes
        // WebP says behind the pixels how they are to be turned.
        if isWhole || PictureFormat(of: start) != .webp, let header = try? PictureHeader(start, name: name) {
            return header
        }
        guard !isWhole, let bytes = try? tree.read(entry, atMost: 1 << 28) else { return nil }
        return try? PictureHeader(bytes, name: name)
    }

    private static func choose(_ sizes: Set<PictureSize>, _ crop: PictureCrop) -> (PictureSize?, [String]) {
        switch crop {
        case .center(let size): return (size, [])
        case .celeba: return (nil, [])
        case .none: break
        }
        if sizes.count == 1 { return (sizes.first, []) }
        guard let narrow = sizes.min(by: { $0.width * $0.height < $1.width * $1.height }),
            let wide = sizes.max(by: { $0.width * $0.height < $1.width * $1.height })
        else { return (nil, []) }
        return (
            nil,
            [
                "The pictures have \(sizes.count) sizes, from \(narrow) to \(wide): all became \(side) × \(side) (--size)."
            ]
        )
    }
}

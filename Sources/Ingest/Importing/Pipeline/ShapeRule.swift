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
            let found = try survey(plan, forSizes: size == nil, files.progress)
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

    private static func survey(_ plan: ImportPlan, forSizes: Bool, _ progress: ImportProgress) throws -> (
        sizes: Set<PictureSize>, channels: Set<Int>
    ) {
        switch plan.content {
        case .arrays(let shape, _): return ([PictureSize(width: shape.width, height: shape.height)], [shape.channels])
        case .pictures(let open):
            let next = try open()
            var (sizes, channels) = (Set<PictureSize>(), Set<Int>())
            var number = 0
            while let file = try next() {
                if number % 256 == 0 { progress(.lookedAt(number, of: plan.count)) }
                number += 1
                // Whoever has no header is found, and named, when it is decoded.
                guard let header = header(of: file) else { continue }
                sizes.insert(PictureSize(width: header.width, height: header.height))
                channels.insert(header.channels)
                // One in colour is enough where only that is asked.
                if !forSizes, header.channels == 3 { break }
            }
            return (sizes, channels)
        }
    }

    private static func header(of file: PictureFile) -> PictureHeader? {
        guard let start = try? file.read(headerBytes) else { return nil }
        let isWhole = start.count < headerBytes
        // WebP says behind the pixels how they are to be turned.
        if isWhole || PictureFormat(of: start) != .webp, let header = try? PictureHeader(start, name: file.name) {
            return header
        }
        guard !isWhole, let bytes = try? file.read(BatchReader.pictureLimit) else { return nil }
        return try? PictureHeader(bytes, name: file.name)
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

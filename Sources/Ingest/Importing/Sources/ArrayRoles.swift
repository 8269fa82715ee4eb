/// Which arrays of a source are images, and which are labels.
enum ArrayRoles {
    /// An array of images.
    struct Images {
        let part: ArrayImages.Part
        let split: String?
        let file: String
        /// The name of the layout, for people.
        let order: String

        var array: NumberArray { part.array }
    }

    private static let imageWords: Set = [
        "x", "img", "imgs", "image", "images", "data", "faces", "features", "pictures", "input", "inputs", "samples",
        "ff",
    ]
    private static let labelWords: Set = [
        "y", "label", "labels", "target", "targets", "lbl", "lbls", "classes", "class", "digit", "digits",
    ]

    /// The arrays of images, one for each split.
    ///
    /// - Throws: `DataError` where there is none, or where several may be meant.
    static func images(_ set: ArraySet, _ source: SourceFiles) throws -> [Images] {
        let found = try set.arrays.compactMap { array, file in
            try reading(array, source.options.layout).map { read, layout, order in
                Images(
                    part: .init(array: read, layout: layout), split: split(array, file), file: file, order: order)
            }
        }
        let candidates = found.filter { !isLabel($0.array, $0.file) && $0.array.name != source.options.labels }
        let named = candidates.filter { isImage($0.array, $0.file) }
        let images = (named.isEmpty ? candidates : named).sorted { order($0.split) < order($1.split) }
        guard !images.isEmpty else { throw nothing(set, source) }
        for (first, second) in zip(images, images.dropFirst()) where first.split == second.split {
            throw DataError(
                source.shown,
                "holds images in \(first.array.place) \(first.array.shape) and in \(second.array.place) \(second.array.shape): keep one, or name them for their splits, such as x_train and x_test"
            )
        }
        guard images.count == 1 || images.allSatisfy({ $0.split != nil }) else {
            let other = images.first { $0.split == nil }!
            throw DataError(
                other.array.place, "belongs to no split by its name, while others do: take it out, or name its split")
        }
        return images
    }

    private static func order(_ split: String?) -> Int { SplitNames.all.firstIndex(of: split ?? "train") ?? 0 }

    private static func split(_ array: NumberArray, _ file: String) -> String? { split(array.name, file) }

    static func split(_ name: String, _ file: String) -> String? {
        SplitNames.split(within: name) ?? SplitNames.split(within: file)
    }

    private static func words(_ name: String, _ file: String) -> Set<String> {
        Set((name + " " + file).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
    }

    private static func isLabel(_ array: NumberArray, _ file: String) -> Bool { isLabel(array.name, file) }

    static func isLabel(_ name: String, _ file: String) -> Bool {
        !words(name, file).isDisjoint(with: labelWords) && words(name, "").isDisjoint(with: imageWords)
    }

    private static func isImage(_ array: NumberArray, _ file: String) -> Bool {
        !words(array.name, file).isDisjoint(with: imageWords)
    }

    /// An array as images, with the name of the layout: as the user says, or as its shape tells; nil where it is none.
    private static func reading(
        _ array: NumberArray, _ said: AxisLayout?
    ) throws -> (NumberArray, ImageLayout, order: String)? {
        if let said { return try LaidOutArray(array, said).map { ($0.array, $0.layout, "\(said)") } }
        return try layout(array).map { (array, $0.layout, $0.order) }
    }

    /// How the rows of an array are images; nil where they are none.
    ///
    /// - Throws: `DataError` for a shape that may be two things, and for volumes.
    private static func layout(_ array: NumberArray) throws -> (layout: ImageLayout, order: String)? {
        let shape = array.shape
        guard shape.allSatisfy({ $0 > 0 }) else { return nil }
        switch shape.count {
        case 3:
            guard shape[1] > 1, shape[2] > 1 else { return nil }
            if shape[2] <= 4, shape[0] > 4, shape[1] > 4 {
                throw DataError(
                    array.place,
                    "is \(shape): one picture (H, W, C), or \(shape[0]) of \(shape[1]) × \(shape[2]) (--layout NHW)? One picture is too few: save it as (1, H, W, C) to see it"
                )
            }
            if shape[0] == shape[1], shape[1] != shape[2] {
                throw DataError(
                    array.place,
                    "is \(shape): \(shape[0]) pictures of \(shape[1]) × \(shape[2]) (--layout NHW), or \(shape[2]) of \(shape[0]) × \(shape[1]) one "
                        + "behind the other (--layout HWN)? Say which")
            }
            return (.planar(height: shape[1], width: shape[2], channels: 1), "N, H, W")
        case 4: return try colored(array)
        case 2:
            guard let flat = flat(shape[1]) else { return nil }
            if flat.layout.channels > 1 {
                let (height, width) = (flat.layout.height, flat.layout.width)
                throw DataError(
                    array.place,
                    "is \(shape): rows of 3 × \(height) × \(width) (--layout flat:3x\(height)x\(width)) or of \(height) × \(width) × 3 numbers "
                        + "(--layout flat:\(height)x\(width)x3)? Say which")
            }
            if usual.contains(shape[0]), !usual.contains(shape[1]) || shape[0] == shape[1], isImage(array, "") {
                throw DataError(
                    array.place,
                    "is \(shape): \(shape[0]) pictures of \(flat.layout.height) × \(flat.layout.width), or \(shape[1]) lying across? Say which "
                        + "size they have with --layout, such as flat:\(flat.layout.height)x\(flat.layout.width)"
                )
            }
            return flat
        case 5... where shape.count < 6 && isImage(array, ""):
            throw DataError(array.place, "is \(shape): volumes of voxels are not imported, only pictures")
        default: return nil
        }
    }

    private static func colored(_ array: NumberArray) throws -> (layout: ImageLayout, order: String)? {
        let shape = array.shape
        let (first, last) = (shape[1] <= 4, shape[3] <= 4)
        switch (first, last) {
        case (false, true): return (.interleaved(height: shape[1], width: shape[2], channels: shape[3]), "N, H, W, C")
        case (true, false): return (.planar(height: shape[2], width: shape[3], channels: shape[1]), "N, C, H, W")
        case (true, true):
            throw DataError(
                array.place,
                "is \(shape), which may be (N, C, H, W) or (N, H, W, C): say --layout NCHW or --layout NHWC")
        case (false, false):
            throw DataError(
                array.place,
                "is \(shape): volumes of voxels are not imported, only pictures of 1 to 4 channels; where images are counted by another axis than the first, "
                    + "say so with --layout, such as HWCN")
        }
    }

    /// Rows of D numbers: squares, in three colours where D / 3 is a square.
    private static func flat(_ count: Int) -> (layout: ImageLayout, order: String)? {
        if count == 560 { return (.planar(height: 28, width: 20, channels: 1), "N, 28 · 20") }
        if let side = side(count), side >= 8 { return (.planar(height: side, width: side, channels: 1), "N, H · W") }
        if count % 3 == 0, let side = side(count / 3), side >= 8 {
            return (.planar(height: side, width: side, channels: 3), "N, C · H · W")
        }
        return nil
    }

    /// Lengths of rows that people flatten pictures to: of 16, 28, 32 and 64 pixels, grey and in colour.
    private static let usual: Set = [256, 560, 784, 1024, 2352, 3072, 4096, 12288]

    private static func side(_ count: Int) -> Int? {
        let side = Int(Double(count).squareRoot().rounded())
        return side * side == count ? side : nil
    }

    private static func nothing(_ set: ArraySet, _ source: SourceFiles) -> DataError {
        if let objects = set.objects.first {
            return DataError(
                objects,
                "holds Python objects (pickle), which may run code and are never opened: save the images as an array of numbers"
            )
        }
        if let layout = source.options.layout, !set.arrays.isEmpty {
            let shapes = set.arrays.prefix(5).map { "\($0.array.name) \($0.array.shape)" }.joined(separator: ", ")
            return DataError(source.shown, "has no array that --layout \(layout) fits: there are \(shapes)")
        }
        let shapes = set.arrays.prefix(5).map { "\($0.array.name) \($0.array.shape)" }.joined(separator: ", ")
        return DataError(
            source.shown,
            "holds no array of images, which is (N, H, W), (N, H, W, C), (N, C, H, W) or (N, D): \(shapes.isEmpty ? "it has none at all" : shapes)"
        )
    }

    /// What the arrays were taken for.
    static func note(_ images: [Images]) -> [String] {
        images.first.map { ["\($0.array.name) was taken as (\($0.order))."] } ?? []
    }
}

import Files

/// A dataset of drawn faces: the data of a first training where nothing has been downloaded.
///
/// Face `i` is a function of (seed, i) alone. The first 80 % of the faces are for training, the next 10 % for validation,
/// the rest for tests; every face is drawn independently of the others, so no shuffling is needed.
public struct FaceSynthesis: Sendable {
    /// How many faces; at least 10, so that no split is empty.
    public var count: Int
    /// Pixels along a side, from 16 to 512.
    public var size: Int
    public var seed: UInt64

    public init(count: Int, size: Int = 64, seed: UInt64 = 0) {
        self.count = count
        self.size = size
        self.seed = seed
    }

    /// Draws all faces and writes them to `path` in Fuel's layout, with their attributes as targets.
    public func write(to output: UnfinishedFile) throws {
        try check(output.path)
        let writer = try FuelWriter(output, plan)
        for start in stride(from: 0, to: count, by: Self.batch) {
            let faces = concurrentMap(start..<min(count, start + Self.batch)) { face($0) }
            try writer.append(pixels: faces.flatMap(\.pixels), targets: faces.flatMap { $0.targets.map(Int32.init) })
        }
        try writer.finish()
    }

    /// A drawn face as a row of the dataset.
    struct Face: Equatable, Sendable {
        /// In the order channel, row, column.
        var pixels: [UInt8]
        /// 1 for each attribute it has, in the order of `FaceAttribute.allCases`.
        var targets: [UInt8]
    }

    /// Draws one face.
    func face(_ index: Int) -> Face {
        let traits = FaceTraits(seed: seed, index: index)
        let targets: [UInt8] = FaceAttribute.allCases.map { traits.attributes.contains($0) ? 1 : 0 }
        return Face(pixels: FaceDrawing(traits, size: size).planarBytes, targets: targets)
    }

    /// Faces drawn before they are written: a few megabytes.
    private static let batch = 256

    private var plan: FuelWriter.Plan {
        let (train, valid) = (count * 8 / 10, count / 10)
        return FuelWriter.Plan(
            shape: ImageShape(channels: 3, height: size, width: size),
            splits: [
                .init("train", count: train), .init("valid", count: valid), .init("test", count: count - train - valid),
            ],
            targetNames: FaceAttribute.allCases.map(\.rawValue),
            provenance: ["source": "faces drawn by tributary data synthesize", "seed": "\(seed)"])
    }

    private func check(_ path: String) throws(DataError) {
        guard count >= 10, count <= 10_000_000 else {
            throw DataError(path, "cannot hold \(count) faces; ask for 10 to 10000000.")
        }
        guard (16...512).contains(size) else {
            throw DataError(path, "cannot hold faces of \(size) pixels a side; ask for 16 to 512.")
        }
    }
}

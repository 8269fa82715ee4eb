import Files
import Pictures

/// Brings CelebA's aligned images into Fuel's layout: official splits, named attributes, one crop and size for all.
///
/// Source: Liu, Luo, Wang, Tang, "Deep learning face attributes in the wild", ICCV 2015. The images are for non-commercial research
/// and may not be passed on, which the file says in an attribute.
public struct CelebAImport: Sendable {
    /// The folder or archive; `CelebASource` says what is found in it.
    public let source: String
    public let crop: CelebACrop
    /// The width and height of the images written, in pixels.
    public let size: Int

    public init(source: String, crop: CelebACrop = .standard, size: Int = 64) {
        precondition((8...1024).contains(size), "expected a size of 8 to 1024 pixels, got \(size)")
        self.source = source
        self.crop = crop
        self.size = size
    }

    /// The paths of all that is read: the archive or the images, and the lists.
    ///
    /// - Throws: One sentence about what is missing.
    public func files() throws -> [String] { try CelebASource(source).files }

    /// Matches images, attributes and partition, then decodes, crops and writes, on all cores.
    ///
    /// - Throws: One sentence about what is missing, or about the image that cannot be decoded; nothing is left behind.
    public func write(to output: UnfinishedFile, progress: ImportProgress = { _, _ in }) throws -> ImportReport {
        let found = try CelebASource(source)
        let plan = try CelebAPlan(found)
        let contents = FuelWriter.Plan(
            shape: ImageShape(channels: 3, height: size, width: size), splits: plan.splits,
            targetNames: plan.targetNames, provenance: provenance)
        let writer = try FuelWriter(output, contents)
        let columns = plan.targetNames.count
        for start in stride(from: 0, to: plan.images.count, by: Self.batch) {
            let rows = start..<min(start + Self.batch, plan.images.count)
            let files = try plan.images[rows].map { (name: found.images.place($0), bytes: try found.images.read($0)) }
            let targets = Array(plan.targets[rows.lowerBound * columns..<rows.upperBound * columns])
            try writer.append(pixels: decode(files), targets: targets)
            progress(rows.upperBound, plan.images.count)
        }
        try writer.finish()
        return ImportReport(output.path, contents, notes: plan.notes)
    }

    /// Images in memory at once: enough for every core, few megabytes.
    private static let batch = 256

    private var provenance: [String: String] {
        [
            "source": "CelebA, img_align_celeba (Liu et al., ICCV 2015)", "crop": crop.name,
            "terms": "Non-commercial research only; the images may not be passed on.",
        ]
    }

    /// Decodes files side by side and returns their pixels in order.
    ///
    /// - Throws: The error of the first file that has one, whichever core met it first.
    private func decode(_ files: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
        let images = concurrentMap(files.indices) { index in
            Result { try pixels(files[index].name, files[index].bytes) }
        }
        return try images.flatMap { try $0.get() }
    }

    /// The cropped and resized pixels of one file, red, green and blue each in one piece.
    private func pixels(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
        let image = try JPEG.decode(bytes, name: name)
        guard image.width == CelebACrop.imageWidth, image.height == CelebACrop.imageHeight else {
            throw DataError(
                name,
                "is \(image.width) × \(image.height); CelebA's aligned images are "
                    + "\(CelebACrop.imageWidth) × \(CelebACrop.imageHeight)")
        }
        let planar = crop.apply(image, size: size).planarPixels
        return image.channels == 3 ? planar : planar + planar + planar
    }
}

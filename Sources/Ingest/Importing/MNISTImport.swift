import Files

/// Brings MNIST's four IDX files into Fuel's layout: splits `train` and `test`, the digit as the target.
public struct MNISTImport: Sendable {
    /// The folder of the files, gzipped or not.
    public let source: String

    public init(source: String) {
        self.source = source
    }

    /// The paths of the four files.
    ///
    /// - Throws: `DataError` or `FileError` about what is missing.
    public func files() throws -> [String] {
        try ["train", "t10k"].flatMap { try [Self.images($0, in: source), Self.labels($0, in: source)] }
    }

    /// Checks all four files, then writes the dataset.
    ///
    /// - Throws: `DataError`, `ArchiveError` or `FileError` with one sentence about the file that is wrong; nothing is written.
    public func write(to output: UnfinishedFile, progress: ImportProgress = { _, _ in }) throws -> ImportReport {
        let parts = [
            try Part(split: "train", prefix: "train", in: source), try Part(split: "test", prefix: "t10k", in: source),
        ]
        guard parts[0].side == parts[1].side else {
            throw DataError(
                source, "has training images of \(parts[0].side) pixels and test images of \(parts[1].side)")
        }
        let plan = FuelWriter.Plan(
            shape: ImageShape(channels: 1, height: parts[0].side[0], width: parts[0].side[1]),
            splits: parts.map { .init($0.split, count: $0.labels.count) }, targetNames: ["digit"],
            provenance: ["source": "MNIST (LeCun, Cortes, Burges)"])
        let writer = try FuelWriter(output, plan)
        for part in parts {
            try writer.append(pixels: Array(part.pixels), targets: Array(part.labels))
            progress(part.split == "train" ? part.labels.count : plan.count, plan.count)
        }
        try writer.finish()
        return ImportReport(output.path, plan)
    }

    /// The images and labels of one split.
    private struct Part {
        let split: String
        let side: [Int]
        let pixels: ArraySlice<UInt8>
        let labels: ArraySlice<UInt8>

        init(split: String, prefix: String, in folder: String) throws {
            let images = try IDXFile(MNISTImport.images(prefix, in: folder), rank: 3)
            let path = try MNISTImport.labels(prefix, in: folder)
            let labels = try IDXFile(path, rank: 1)
            guard images.shape[0] == labels.shape[0], images.shape[0] > 0 else {
                throw DataError(path, "has \(labels.shape[0]) labels for \(images.shape[0]) images")
            }
            guard let other = labels.bytes.first(where: { $0 > 9 }) else {
                self.split = split
                side = Array(images.shape[1...])
                (pixels, self.labels) = (images.bytes, labels.bytes)
                return
            }
            throw DataError(path, "has the label \(other); digits are 0 to 9")
        }
    }

    private static func images(_ prefix: String, in folder: String) throws -> String {
        try file("\(prefix)-images", "idx3-ubyte", in: folder)
    }

    private static func labels(_ prefix: String, in folder: String) throws -> String {
        try file("\(prefix)-labels", "idx1-ubyte", in: folder)
    }

    /// The path of one of the four files, which carry a full stop or a hyphen before `idx` and maybe `.gz` at the end.
    private static func file(_ stem: String, _ type: String, in folder: String) throws -> String {
        let names = try Set(PosixFileSystem().names(in: folder))
        let known = ["-", "."].flatMap { ["\(stem)\($0)\(type)", "\(stem)\($0)\(type).gz"] }
        guard let name = known.first(where: names.contains) else {
            throw DataError(folder, "has no \(stem)-\(type) or \(stem)-\(type).gz; fetch MNIST's four files into it")
        }
        return "\(folder)/\(name)"
    }
}

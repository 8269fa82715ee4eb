import Hashing
import Randomness
import Storage

/// All that `data inspect` says about a dataset, for people and for scripts.
public struct DatasetSummary: Codable, Hashable, Sendable {
    /// A split by name and number of images.
    public struct Split: Codable, Hashable, Sendable {
        public let name: String
        public let count: Int
        /// SHA-256 over the split's images.
        public let fingerprint: SHA256Digest
    }

    /// The least, greatest and mean byte of all images.
    public struct Values: Codable, Hashable, Sendable {
        public let least: Int
        public let greatest: Int
        public let mean: Double
    }

    /// The images that have one label.
    public struct Label: Codable, Hashable, Sendable {
        public let name: String
        public let count: Int
    }

    public let path: String
    /// The datasets that hold the images.
    public let datasets: [String]
    public let count: Int
    public let shape: ImageShape
    /// What the file stores, such as `uint8`.
    public let storedType: String
    /// The order of the axes, and whether the file says it or its shape alone.
    public let axes: String
    /// How stored values stand for brightness.
    public let scale: String
    /// How the images lie in the file.
    public let layout: String
    /// Chunks that were written, and those that there should be; 1 of 1 where the images lie in one piece.
    public let chunksWritten: Int
    public let chunks: Int
    public let splits: [Split]
    public let splitSource: String
    /// What training would take, or why it would not.
    public let training: String
    /// The number of targets of each image; 0 where there are none.
    public let targetCount: Int
    public let targetNames: [String]
    /// The number of images of each class, or with each attribute; empty where targets are neither.
    public let labels: [Label]
    public let values: Values
    /// The bytes below which 1, 25, 50, 75 and 99 of 100 lie.
    public let quantiles: [Int]
    /// Images a second in the order of the file, unpacked where need be, and at random afterwards; measured on this file.
    public let imagesPerSecondInOrder: Double
    public let imagesPerSecondAtRandom: Double
    /// Sentences about values that are clipped, and images or labels that are left out.
    public let notes: [String]
    /// Texts that hang on the root group, such as the crop.
    public let attributes: [String: String]

    /// Reads a whole dataset and describes it.
    public init(of dataset: ImageDataset) throws {
        let part = dataset.parts[0]
        path = dataset.path
        datasets = dataset.parts.map(\.name)
        count = dataset.count
        shape = dataset.shape
        storedType = part.storedType.description
        axes = part.axes.description
        scale = dataset.scales[0].description
        layout = part.layout
        chunksWritten = dataset.parts.reduce(0) { $0 + $1.chunks.written }
        chunks = dataset.parts.reduce(0) { $0 + $1.chunks.all }
        let start = ContinuousClock.now
        let histogram = try Self.histogram(of: dataset)
        imagesPerSecondInOrder = Self.rate(dataset.writtenRows.count, since: start)
        imagesPerSecondAtRandom = try Self.randomRate(of: dataset)
        splits = try dataset.splits.map {
            Split(name: $0.name, count: $0.rows.count, fingerprint: try dataset.fingerprint(split: $0.name))
        }
        splitSource = dataset.splitSource
        training = Self.training(on: dataset)
        targetCount = dataset.targets?.columnCount ?? 0
        targetNames = dataset.targets?.names ?? []
        labels = try dataset.labelCounts()
        let total = histogram.reduce(0, +)
        let sum = histogram.indices.reduce(0) { $0 + $1 * histogram[$1] }
        values = Values(
            least: histogram.firstIndex { $0 > 0 } ?? 0, greatest: histogram.lastIndex { $0 > 0 } ?? 0,
            mean: Double(sum) / Double(max(1, total)))
        quantiles = [0.01, 0.25, 0.5, 0.75, 0.99].map { Self.quantile($0, of: histogram, total) }
        notes = dataset.notes
        attributes = try Self.attributes(of: File.open(dataset.path).root)
    }

    private static func histogram(of dataset: ImageDataset) throws -> [Int] {
        var histogram = [Int](repeating: 0, count: 256)
        let step = max(1, (4 << 20) / dataset.shape.count)
        let rows = dataset.writtenRows
        for start in stride(from: 0, to: rows.count, by: step) {
            let some = Array(rows[start..<min(start + step, rows.count)])
            for byte in try dataset.pixels(rows: some) { histogram[Int(byte)] += 1 }
            dataset.progress("reading the values of \(dataset.path)", start + some.count, rows.count)
        }
        return histogram
    }

    private static func quantile(_ share: Double, of histogram: [Int], _ total: Int) -> Int {
        let wanted = Int(share * Double(total - 1))
        var seen = 0
        return histogram.firstIndex { number in
            seen += number
            return seen > wanted
        } ?? 0
    }

    /// Reads up to a thousand images, batch by batch, as training does.
    private static func randomRate(of dataset: ImageDataset) throws -> Double {
        let rows = dataset.writtenRows
        let stream = RandomStream(seed: 0, operator: RandomStream.shuffle)
        let some = (0..<min(1024, rows.count)).map { rows[Int(stream.bits($0)) % rows.count] }
        let start = ContinuousClock.now
        for batch in stride(from: 0, to: some.count, by: 32) {
            _ = try dataset.pixels(rows: Array(some[batch..<min(batch + 32, some.count)]))
        }
        return rate(some.count, since: start)
    }

    private static func rate(_ count: Int, since start: ContinuousClock.Instant) -> Double {
        Double(count) / max(1e-6, (ContinuousClock.now - start) / .seconds(1))
    }

    private static func training(on dataset: ImageDataset) -> String {
        do { return try dataset.choice().description } catch { return "\(error)" }
    }

    /// What a file says of itself: texts that hang on its root group, such as `source` and `crop`.
    ///
    /// - Throws: `H5Error`.
    public static func provenance(ofFile path: String) throws -> [String: String] {
        try attributes(of: File.open(path).root)
    }

    static func attributes(of root: Group) throws -> [String: String] {
        let texts = try root.attributeNames().compactMap { name -> (String, String)? in
            guard let text: String = try? root.attribute(name) else { return nil }
            return (name, text)
        }
        return Dictionary(texts, uniquingKeysWith: { first, _ in first })
    }
}

extension DatasetSummary: CustomStringConvertible {
    /// Lines of a name and what it says.
    public var description: String {
        let lines =
            [
                ("file", path), ("images", "\(count) of \(shape) in \(datasets.joined(separator: ", "))"),
                ("stored as", "\(storedType), axes \(axes), \(layout)\(chunksDescription)"),
                ("values", valuesDescription),
                ("quantiles", zip([1, 25, 50, 75, 99], quantiles).map { "\($0) %: \($1)" }.joined(separator: ", ")),
            ]
            + splits.map { ("split", "\($0.name): \($0.count) images, SHA-256 \($0.fingerprint)") }
            + [
                ("splits from", splitSource), ("training", training), ("targets", targetsDescription),
                ("reading", speedDescription),
            ]
            + notes.map { ("note", $0) }
            + attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return lines.map { name, text in
            Self.line(name + String(repeating: " ", count: max(1, 13 - name.count)) + text)
        }.joined(separator: "\n")
    }

    /// What the file says in one line, so that it does not look like a line of ours. Scalar by scalar: CR and LF together are one `Character`.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" ? " " : $0 }))
    }

    private var chunksDescription: String {
        guard chunks > datasets.count || chunksWritten < chunks else { return "" }
        return chunksWritten == chunks ? ", all \(chunks) written" : ", \(chunksWritten) of \(chunks) written"
    }

    private var speedDescription: String {
        "\(Int(imagesPerSecondInOrder)) images/s in the file's order, then \(Int(imagesPerSecondAtRandom)) images/s at random"
    }

    private var valuesDescription: String {
        let mean = (values.mean * 10).rounded() / 10
        return "\(values.least) to \(values.greatest), mean \(mean) (stored \(scale))"
    }

    /// The classes or attributes that are shown by name; more fill a screen.
    private static let shown = 60

    private var targetsDescription: String {
        guard targetCount > 0 else { return "none" }
        guard !labels.isEmpty else {
            return targetNames.isEmpty ? "\(targetCount) without names" : targetNames.joined(separator: ", ")
        }
        let texts = labels.prefix(Self.shown).map { "\($0.name) (\($0.count))" }
        let rest = labels.count > Self.shown ? " and \(labels.count - Self.shown) more" : ""
        let name = targetCount == 1 && !targetNames.isEmpty ? "\(targetNames[0])" : "\(targetCount) an image"
        return "\(name): \(texts.joined(separator: ", "))\(rest)"
    }
}

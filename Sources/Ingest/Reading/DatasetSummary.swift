import Hashing
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
    public let splits: [Split]
    public let splitSource: String
    /// The number of targets of each image; 0 where there are none.
    public let targetCount: Int
    public let targetNames: [String]
    public let values: Values
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
        splits = try dataset.splits.map {
            Split(name: $0.name, count: $0.rows.count, fingerprint: try dataset.fingerprint(split: $0.name))
        }
        splitSource = dataset.splitSource
        targetCount = dataset.targets?.columnCount ?? 0
        targetNames = dataset.targets?.names ?? []
        values = try Self.values(of: dataset)
        attributes = try Self.attributes(of: File.open(dataset.path).root)
    }

    private static func values(of dataset: ImageDataset) throws -> Values {
        var histogram = [Int](repeating: 0, count: 256)
        let step = max(1, (4 << 20) / dataset.shape.count)
        for start in stride(from: 0, to: dataset.count, by: step) {
            for byte in try dataset.pixels(rows: start..<min(start + step, dataset.count)) { histogram[Int(byte)] += 1 }
        }
        let sum = histogram.indices.reduce(0) { $0 + $1 * histogram[$1] }
        return Values(
            least: histogram.firstIndex { $0 > 0 } ?? 0, greatest: histogram.lastIndex { $0 > 0 } ?? 0,
            mean: Double(sum) / Double(max(1, dataset.count * dataset.shape.count)))
    }

    static func attributes(of root: Group) throws -> [String: String] {
        let texts = try root.attributeNames().compactMap { name -> (String, String)? in
            guard let text: String = try? root.attribute(name) else { return nil }
            return (name, text)
        }
        return Dictionary(uniqueKeysWithValues: texts)
    }
}

extension DatasetSummary: CustomStringConvertible {
    /// Lines of a name and what it says.
    public var description: String {
        let lines =
            [
                ("file", path), ("images", "\(count) of \(shape) in \(datasets.joined(separator: ", "))"),
                ("stored as", "\(storedType), axes \(axes), \(layout)"), ("values", valuesDescription),
            ]
            + splits.map { ("split", "\($0.name): \($0.count) images, SHA-256 \($0.fingerprint)") }
            + [("splits from", splitSource), ("targets", targetsDescription)]
            + attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return lines.map { name, text in
            // What the file says is not to look like a line of ours.
            (name + String(repeating: " ", count: max(1, 13 - name.count)) + text).replacing("\n", with: " ")
        }.joined(separator: "\n")
    }

    private var valuesDescription: String {
        let mean = (values.mean * 10).rounded() / 10
        return "\(values.least) to \(values.greatest), mean \(mean) (stored \(scale))"
    }

    private var targetsDescription: String {
        guard targetCount > 0 else { return "none" }
        return targetNames.isEmpty ? "\(targetCount) without names" : targetNames.joined(separator: ", ")
    }
}

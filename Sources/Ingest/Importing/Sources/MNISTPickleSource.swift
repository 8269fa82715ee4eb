import Archives

/// `mnist.pkl.gz` of the deep learning tutorials: three pairs of images and digits, for training, validation and testing.
///
/// Images are (N, 784), floats from 0 to 255/256. Source: deeplearning.net, "Classifying MNIST digits using logistic regression".
enum MNISTPickleSource: ImageSource {
    static let names = ["mnist"]

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        guard let entry = entry(in: source) else { return nil }
        return Recognition("MNIST (\(entry.name))", isCertain: true)
    }

    private static func entry(in source: SourceFiles) -> FileTree.Entry? {
        source.tree.entries.first { ["mnist.pkl.gz", "mnist.pkl"].contains($0.name) }
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        guard let entry = entry(in: source) else { throw DataError(source.shown, "has no mnist.pkl.gz") }
        let place = source.tree.place(of: entry)
        let bytes = try source.tree.stream(entry, unpacking: true).read(PickleReader.sizeLimit)
        guard case .tuple(let pairs) = try PickleReader.read(bytes, place: place), [2, 3].contains(pairs.count) else {
            throw DataError(place, "does not hold two or three pairs of images and digits")
        }
        let splits = pairs.count == 3 ? ["train", "valid", "test"] : ["train", "test"]
        var (parts, labels) = ([(part: ArrayImages.Part, split: String?)](), [Int32]())
        for (split, pair) in zip(splits, pairs) {
            guard case .tuple(let values) = pair, values.count == 2, case .array(let images) = values[0],
                images.shape.dropFirst().reduce(1, *) == 784, let digits = values[1].integers,
                digits.count == images.shape[0]
            else { throw DataError(place, "has no 784 numbers an image and as many digits in its split \(split)") }
            parts.append(
                (
                    .init(
                        array: images.numberArray(place: place, name: split),
                        layout: .planar(height: 28, width: 28, channels: 1)), split
                ))
            labels += digits.map { Int32(clamping: $0) }
        }
        var plan = try ImportPlan(parts, source, provenance: ["source": "MNIST (LeCun, Cortes, Burges), mnist.pkl.gz"])
        plan.targets = TargetTable("digit", numbers: labels)
        return plan
    }
}

/// Which splits of a file a model is fitted to and judged by.
public struct SplitChoice: Hashable, Sendable, CustomStringConvertible {
    public let train: ImageSplit
    public let heldOut: ImageSplit?
    /// Where the splits come from, in words.
    let source: String

    /// Such as `trains on train (4320 images), holds out valid (600), from the file's split attribute`.
    public var description: String {
        let held = heldOut.map { "holds out \($0.name) (\($0.rows.count))" } ?? "holds nothing out"
        return "trains on \(train.name) (\(counted(train.rows.count, "image"))), \(held), from \(source)"
    }
}

extension ImageDataset {
    /// The splits that the options name, or else `train` with `valid`, or with `test` where there is none.
    ///
    /// - Throws: `DataError` where there is no `train` and none is named, or where both have images in common.
    public func choice() throws -> SplitChoice {
        let train = try options.trainSplit.map(split) ?? usualTrainingSplit()
        let heldOut = try options.validSplit.map(split) ?? usualHeldOutSplit(besides: train)
        guard !train.rows.isEmpty else { throw DataError(path, "has a split \(train.name) without images") }
        if let heldOut {
            guard heldOut.name != train.name else {
                throw DataError(path, "has one split \(train.name) for training and for holding out: name another")
            }
            try train.requireApart(from: heldOut, file: path)
        }
        return SplitChoice(train: train, heldOut: heldOut, source: splitSource)
    }

    /// A split that is judged and not trained on: the one that is named, or what would be held out, or what there is.
    ///
    /// - Throws: `DataError` where there is no split of the name.
    public func choice(judging name: String?) throws -> SplitChoice {
        let train = try options.trainSplit.map(split) ?? splits.first { $0.name == SplitWord.train.rawValue }
        let usual = [SplitWord.valid, .test].compactMap { word in
            splits.first { $0.name == word.rawValue && !$0.rows.isEmpty }
        }
        let judged =
            try (name ?? options.validSplit).map(split) ?? usual.first ?? train ?? splits.first { !$0.rows.isEmpty }
        guard let judged, !judged.rows.isEmpty else { throw DataError(path, "has no images to judge by") }
        return SplitChoice(train: train ?? judged, heldOut: judged, source: splitSource)
    }

    private func usualTrainingSplit() throws -> ImageSplit {
        if let train = splits.first(where: { $0.name == SplitWord.train.rawValue }) { return train }
        let names = splits.map(\.name).joined(separator: ", ")
        throw DataError(
            path, "has no split to train on, only \(names): name one with --train-split to train on it all the same")
    }

    private func usualHeldOutSplit(besides train: ImageSplit) -> ImageSplit? {
        [SplitWord.valid, .test].map(\.rawValue).filter { $0 != train.name }
            .compactMap { name in splits.first { $0.name == name && !$0.rows.isEmpty } }.first
    }

    /// What the file was taken for, in words: path, number, shape, axes and scale of the images.
    public var sentence: String {
        let scales = scales.map(\.description).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let names = parts.map(\.name).joined(separator: " and ")
        return
            "\(path): \(counted(count, "image")) of \(shape) in \(names), axes \(parts[0].axes), values \(scales.joined(separator: " or "))"
    }
}

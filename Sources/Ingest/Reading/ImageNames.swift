import Storage

/// Where a file keeps its images and targets: names that are known from other people's files.
struct ImageNames {
    /// A dataset of images, and the split that its name says it is.
    struct Part: Hashable {
        let dataset: String
        let split: String?
    }

    let parts: [Part]
    let targets: [String]

    /// Finds the images.
    ///
    /// - Throws: `DataError` where no name is known or several fit, with the names.
    init(in root: Group) throws {
        let found = try Self.candidates(in: root)
        guard let only = found.first else {
            let names = try root.names().prefix(12).joined(separator: ", ")
            throw DataError(
                root.fileName,
                "holds no images: none of features, images, imgs, data, x_train, train_set_x, train/data or data64x64 is "
                    + "there, only \(names.isEmpty ? "nothing" : names)")
        }
        guard found.count == 1 else {
            let names = found.compactMap(\.first?.dataset).joined(separator: ", ")
            throw DataError(root.fileName, "may hold its images in any of \(names); keep one of them in the file")
        }
        parts = only
        targets = Self.targets(for: only, in: root)
    }

    private static func candidates(in root: Group) throws -> [[Part]] {
        let single = ["features", "images", "imgs", "data"].filter { root.kind(of: $0) == .dataset }
        let split = trainAndTest.map { pair in
            pair.filter { root.kind(of: $0.dataset) == .dataset }
        }
        let pyramid = try largestOfPyramid(in: root).map { [Part(dataset: $0, split: nil)] }
        return single.map { [Part(dataset: $0, split: nil)] } + split.filter { !$0.isEmpty }
            + (pyramid.map { [$0] } ?? [])
    }

    private static let trainAndTest = [
        ("x_train", "x_test"), ("train_set_x", "test_set_x"), ("train/data", "test/data"),
    ]
    .map { [Part(dataset: $0, split: "train"), Part(dataset: $1, split: "test")] }

    /// The largest of the datasets `data1x1`, `data2x2`, … of a file for progressive training.
    private static func largestOfPyramid(in root: Group) throws -> String? {
        let sides = try root.names().compactMap { name -> Int? in
            guard let match = name.wholeMatch(of: #/data(\d+)x(\d+)/#), match.1 == match.2 else { return nil }
            return Int(match.1)
        }
        return sides.max().map { "data\($0)x\($0)" }
    }

    /// The names of the targets that go with the images, part by part, or none.
    private static func targets(for parts: [Part], in root: Group) -> [String] {
        let renamed = parts.map { part in
            [("x_", "y_"), ("_set_x", "_set_y"), ("/data", "/target")].compactMap { image, target in
                part.dataset.contains(image) ? part.dataset.replacing(image, with: target) : nil
            }
        }
        let names = parts.first?.split == nil ? [["targets", "labels", "label", "target"]] : renamed
        let found = names.compactMap { $0.first { root.kind(of: $0) == .dataset } }
        return found.count == parts.count ? found : []
    }
}

/// Reads examples in batches that bound what is in memory.
final class BatchReader {
    private var source: Source
    private var next = 0

    private enum Source {
        case pictures(() throws -> PictureFile?)
        case arrays(ImageShape, any ImageReader)
    }

    /// Enough for every core.
    private static let most = 256
    /// Bytes of picture files in a batch, beyond the last.
    private static let mostBytes = 16 << 20
    /// The largest picture file, in bytes.
    static let pictureLimit = 1 << 28

    init(_ content: ImportPlan.Content) throws {
        source =
            switch content {
            case .pictures(let open): .pictures(try open())
            case .arrays(let shape, let open): .arrays(shape, try open())
            }
    }

    /// The next examples; nil behind the last.
    func next(leavingOut unreadable: Unreadable) throws -> [Example]? {
        switch source {
        case .pictures(let nextFile): return try files(nextFile, unreadable)
        case .arrays(let shape, var images):
            let found = try images.next(max(1, min(4 * Self.most, Self.mostBytes / shape.count)))
            source = .arrays(shape, images)
            defer { next += found.count }
            let examples = found.enumerated().map { offset, image in
                Example(index: next + offset, name: "image \(next + offset + 1)", payload: .image(image))
            }
            return examples.isEmpty ? nil : examples
        }
    }

    private func files(_ nextFile: () throws -> PictureFile?, _ unreadable: Unreadable) throws -> [Example]? {
        var (batch, bytes) = ([Example](), 0)
        while batch.count < Self.most, bytes < Self.mostBytes, let file = try nextFile() {
            defer { next += 1 }
            if unreadable.contains(next) { continue }
            let example = Self.example(next, file)
            if case .file(let content) = example.payload { bytes += content.count }
            batch.append(example)
        }
        return batch.isEmpty ? nil : batch
    }

    private static func example(_ index: Int, _ file: PictureFile) -> Example {
        do {
            return Example(index: index, name: file.name, payload: .file(try file.read(pictureLimit)))
        } catch {
            return Example(index: index, name: file.name, payload: .unreadable(error))
        }
    }
}

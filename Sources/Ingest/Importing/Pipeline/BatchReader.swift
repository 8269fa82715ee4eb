import Archives

/// Reads examples in batches that bound what is in memory.
final class BatchReader {
    private let content: ImportPlan.Content
    private var images: (any ImageReader)?
    private var next = 0

    /// Enough for every core.
    private static let most = 256
    /// Bytes of picture files in a batch, beyond the last.
    private static let mostBytes = 16 << 20
    /// The largest picture file, in bytes.
    private static let pictureLimit = 1 << 28

    init(_ content: ImportPlan.Content) throws {
        self.content = content
        if case .arrays(_, let open) = content { images = try open() }
    }

    /// The next examples; nil behind the last.
    func next(leavingOut unreadable: Unreadable) throws -> [Example]? {
        switch content {
        case .pictures(let tree, let entries): return files(tree, entries, unreadable)
        case .arrays(let shape, _):
            let found = try images?.next(max(1, min(4 * Self.most, Self.mostBytes / shape.count))) ?? []
            defer { next += found.count }
            let examples = found.enumerated().map { offset, image in
                Example(index: next + offset, name: "image \(next + offset + 1)", payload: .image(image))
            }
            return examples.isEmpty ? nil : examples
        }
    }

    private func files(
        _ tree: FileTree, _ entries: [FileTree.Entry], _ unreadable: Unreadable
    ) -> [Example]? {
        var (batch, bytes) = ([Example](), 0)
        while next < entries.count, batch.count < Self.most, bytes < Self.mostBytes {
            defer { next += 1 }
            if unreadable.contains(next) { continue }
            let example = Self.example(next, tree, entries[next])
            if case .file(let content) = example.payload { bytes += content.count }
            batch.append(example)
        }
        return batch.isEmpty ? nil : batch
    }

    private static func example(_ index: Int, _ tree: FileTree, _ entry: FileTree.Entry) -> Example {
        let name = tree.place(of: entry)
        do {
            let bytes = try tree.read(entry, atMost: pictureLimit)
            return Example(index: index, name: name, payload: .file(bytes))
        } catch {
            return Example(index: index, name: name, payload: .unreadable(error))
        }
    }
}

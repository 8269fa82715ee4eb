import Archives
import Storage

/// Tensors that `torch.save` wrote: one of images, a pair of images and labels, or dictionaries of them.
///
/// The file is a zip archive of `data.pkl`, which is read by an allow-list and never run, and of the numbers, a member for each storage. A word of a
/// name in a dictionary, or of the file's name, tells the split (torchvision's `training.pt` and `test.pt`).
/// Source: PyTorch, `torch/serialization.py`.
enum TorchSource: ImageSource {
    static let names = ["torch"]
    static let takesLabels = true
    static let holdsArrays = true

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let files = files(in: source)
        guard let file = files.first else { return nil }
        let what = files.count == 1 ? file.name : "\(files.count) files, such as \(file.name)"
        return Recognition("tensors of PyTorch (\(what))")
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        var set = ArraySet()
        for entry in files(in: source) { try TorchFile(entry, source).add(to: &set) }
        let images = try ArrayRoles.images(set, source)
        var plan = try ImportPlan(
            images.map { ($0.part, $0.split) }, source,
            provenance: ["source": "PyTorch tensors of \(source.path.split(separator: "/").last ?? "a file")"])
        let (targets, notes) = try ArrayLabels.find(set, images, source)
        plan.targets = targets
        plan.notes += ArrayRoles.note(images) + notes
        return plan
    }

    private static func files(in source: SourceFiles) -> [FileTree.Entry] {
        let isAlone = source.tree.kind == .file
        return source.tree.entries.filter {
            (isAlone || ["pt", "pth", "bin", "ckpt"].contains($0.ending)) && TorchFile.isTorch($0, in: source.tree)
        }
    }
}

/// A file that `torch.save` wrote.
private struct TorchFile {
    private let archive: FileTree
    /// The folder that everything in the archive is in.
    private let root: String
    private let stem: String
    private let isBigEndian: Bool

    /// What files begin with that older versions wrote, a pickle of a number: they are no archives.
    private static let oldStart: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
    ]
    private static let pickle = "data.pkl"

    static func isTorch(_ entry: FileTree.Entry, in tree: FileTree) -> Bool {
        guard let start = try? tree.read(entry, atMost: oldStart.count) else { return false }
        if start == oldStart { return true }
        guard start.starts(with: Array("PK\u{3}\u{4}".utf8)), let path = tree.systemPath(of: entry) else {
            return false
        }
        return (try? FileTree(zip: path))?.entries.contains { $0.name == pickle } ?? false
    }

    /// - Throws: `DataError` for a file of an older version, and for a program.
    init(_ entry: FileTree.Entry, _ source: SourceFiles) throws {
        let place = source.tree.place(of: entry)
        guard try source.tree.read(entry, atMost: Self.oldStart.count) != Self.oldStart else {
            throw DataError(
                place,
                "is of a form that torch.save wrote before PyTorch 1.6: load it with PyTorch, and save it again with torch.save"
            )
        }
        guard let path = source.tree.systemPath(of: entry) else {
            throw DataError(place, "is an archive within an archive: unpack the outer one")
        }
        archive = try FileTree(zip: path)
        root = archive.entries.first { $0.name == Self.pickle }?.folder ?? ""
        stem = FolderLayout.stem(entry.name)
        let (order, archive, root) = ("\(root)/byteorder", archive, root)
        isBigEndian =
            try archive.entries.first { $0.path == order }.map { try archive.read($0) == Array("big".utf8) } ?? false
        if archive.entries.contains(where: { $0.path == "\(root)/constants.pkl" }) {
            throw DataError(place, "is a program of TorchScript, no tensors: save the images with torch.save")
        }
    }

    /// Adds all tensors.
    func add(to set: inout ArraySet) throws {
        guard let entry = archive.entries.first(where: { $0.path == "\(root)/\(Self.pickle)" }) else {
            throw DataError(archive.path, "has no \(Self.pickle)")
        }
        let bytes = try archive.read(entry, atMost: PickleReader.sizeLimit)
        let value = try PickleReader.read(bytes, place: archive.place(of: entry), isTorch: true)
        // Each value takes a byte at least, unless one that is recalled stands in many places.
        var left = bytes.count
        try add(value, [], to: &set, &left)
    }

    /// - Parameters:
    ///   - names: The keys that lead to the value.
    ///   - left: How many values may be looked at.
    private func add(
        _ value: PickleReader.Value, _ names: [String], to set: inout ArraySet, _ left: inout Int
    ) throws {
        left -= 1
        guard left >= 0 else {
            throw DataError(archive.path, "stands for more values than it holds: save the tensors alone")
        }
        let name = names.isEmpty ? stem : names.joined(separator: "/")
        switch value {
        case .tensor(let tensor):
            guard let array = try array(tensor, name) else { return set.addOther("\(name) \(tensor.shape)") }
            set.add(array, file: stem)
        case .array(let array): set.add(array.numberArray(place: place(name), name: name), file: stem)
        case .dictionary(let values):
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                try add(value, names + [key], to: &set, &left)
            }
        case .list(let values), .tuple(let values):
            if let numbers = value.integers, !numbers.isEmpty {
                set.add(labels(numbers, name), file: stem)
            } else {
                let words = values.count == 2 ? ["images", "labels"] : values.indices.map { "\($0)" }
                for (word, value) in zip(words, values) { try add(value, names + [word], to: &set, &left) }
            }
        default: set.addOther(name)
        }
    }

    private func place(_ name: String) -> String { "\(name) in \(archive.path)" }

    private func labels(_ numbers: [Int], _ name: String) -> NumberArray {
        let bytes = numbers.map { Int64($0) }.storedBytes
        return PickleReader.Array(shape: [numbers.count], format: NumberFormat(.signed, bytes: 8), bytes: bytes[...])
            .numberArray(place: place(name), name: name)
    }

    /// A tensor as an array; nil for a single number and for none.
    private func array(_ tensor: PickleReader.Tensor, _ name: String) throws -> NumberArray? {
        guard !tensor.shape.isEmpty, !tensor.shape.contains(0) else { return nil }
        let numbers = try numbers(of: tensor.storage, name)
        try requireWithin(tensor, numbers)
        return numbers.strided(tensor.shape, tensor.strides, from: tensor.offset)
    }

    /// The numbers of a storage, a member of the archive.
    private func numbers(of storage: PickleReader.Storage, _ name: String) throws -> NumberArray {
        let path = "\(root)/data/\(storage.member)"
        guard let member = archive.entries.first(where: { $0.path == path }),
            member.size / storage.format.bytes >= storage.count
        else { throw DataError(place(name), "is cut short: its numbers (\(path)) are not there") }
        let format = NumberFormat(
            storage.format.kind, bytes: storage.format.bytes, isBigEndian: isBigEndian && storage.format.bytes > 1)
        return NumberArray(place: place(name), name: name, shape: [storage.count], format: format) {
            let stream = try archive.stream(member)
            return { try stream.read($0) }
        }
    }

    /// Refuses what lies beyond its storage, and what has the same number many times. Numbers of any size are compared as `Double`s, which do not
    /// overflow.
    private func requireWithin(_ tensor: PickleReader.Tensor, _ numbers: NumberArray) throws {
        let reach = zip(tensor.shape, tensor.strides).reduce(1.0) { $0 + (Double($1.0) - 1) * Double($1.1) }
        guard tensor.offset >= 0, tensor.shape.allSatisfy({ $0 > 0 }), tensor.strides.allSatisfy({ $0 >= 0 }),
            Double(tensor.offset) + reach <= Double(numbers.count)
        else { throw DataError(numbers.place, "is damaged: \(tensor.shape) numbers do not lie in \(numbers.count)") }
        guard tensor.shape.reduce(1.0, { $0 * Double($1) }) <= reach else {
            throw DataError(numbers.place, "repeats its numbers: save .contiguous() of it")
        }
    }
}

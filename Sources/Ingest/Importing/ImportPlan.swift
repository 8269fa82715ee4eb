import Archives
import Pictures

/// What is to be imported, example by example, in the order of the source.
struct ImportPlan {
    /// The splits' names in the order in which they are written.
    var splits = ["train"]
    /// For each example the number of its split.
    var assignment: [UInt8]
    var targets = TargetTable()
    var content: Content
    /// Attributes of the file that say where the images come from.
    var provenance: [String: String]
    /// What was assumed or left out, a sentence each.
    var notes: [String] = []
    /// What is written where the user does not say.
    var usual = Usual()

    /// The images themselves.
    enum Content {
        /// Picture files, one for each example: begins to read them, and gives the next one, nil behind the last.
        case pictures(open: () throws -> () throws -> PictureFile?)
        /// Arrays of equal images, read one after the other.
        case arrays(ImageShape, open: () throws -> any ImageReader)

        static func files(_ tree: FileTree, _ entries: [FileTree.Entry]) -> Content {
            .pictures {
                var rest = entries[...]
                return {
                    rest.popFirst().map { entry in
                        PictureFile(name: tree.place(of: entry)) { try tree.read(entry, atMost: $0) }
                    }
                }
            }
        }
    }

    /// The source's own choices.
    struct Usual {
        var size: PictureSize?
        var crop = PictureCrop.none
        var color: ColorRule?
        /// The only size that its pictures may have, with what to call it.
        var only: (size: PictureSize, name: String)?
    }

    var count: Int { assignment.count }

    /// Whether the source says which example belongs to which split.
    var hasSplits: Bool { splits != ["train"] }
}

/// A picture file of a source.
struct PictureFile {
    /// What errors call it.
    let name: String
    /// Its bytes, no more than so many of them.
    let read: (Int) throws -> [UInt8]
}

/// Images that come one after the other.
protocol ImageReader {
    /// The next images: `count` of them, fewer only at the end.
    mutating func next(_ count: Int) throws -> [Image]
}

/// What a source says about each of its images: K numbers.
struct TargetTable {
    /// The columns' names; none where there are no targets.
    var names: [String] = []
    /// K numbers for each example, in the order of the source.
    var values: [Int32] = []
    /// For columns that number names: those names.
    var classes: [String: [String]] = [:]

    /// Whether each number is a byte.
    var fitBytes: Bool { values.allSatisfy { (0...255).contains($0) } }
}

extension TargetTable {
    /// One column of names, numbered in their order.
    init(_ name: String, labels: [String]) {
        let classes = Set(labels).sorted(by: SourceOrder.precedes)
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
        self.init(names: [name], values: labels.map { numbers[$0]! }, classes: [name: classes])
    }

    /// One column of numbers.
    init(_ name: String, numbers: [Int32]) {
        self.init(names: [name], values: numbers)
    }
}

/// The order in which names are taken: by number where all are numbers, by their letters otherwise.
enum SourceOrder {
    static func sorted<Value>(_ values: [Value], by name: (Value) -> (folder: String, stem: String)) -> [Value] {
        let keyed = values.map { value in
            let (folder, stem) = name(value)
            return (value: value, folder: folder, stem: stem, number: number(stem))
        }
        let areNumbers = keyed.allSatisfy { $0.number != nil }
        return keyed.sorted { first, second in
            if first.folder != second.folder { return precedes(first.folder, second.folder) }
            if areNumbers, first.number != second.number { return first.number! < second.number! }
            return first.stem < second.stem
        }.map(\.value)
    }

    /// Numbers first, by their size, then words.
    static func precedes(_ first: String, _ second: String) -> Bool {
        switch (number(first), number(second)) {
        case (let a?, let b?) where a != b: a < b
        case (_?, nil): true
        case (nil, _?): false
        default: first < second
        }
    }

    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}

import Storage

/// What all records of a source hold: picture files, images of numbers, and neither.
struct RecordTally {
    /// How many there are in each file, and their labels.
    struct Kind {
        var counts: [Int]
        var labels = RecordLabels()
        var total: Int { counts.reduce(0, +) }
    }

    private(set) var pictures: Kind
    private(set) var numbers: Kind
    /// How the numbers of the first image of numbers lie.
    private(set) var form: (format: NumberFormat, shape: [Int])?
    /// The first image of numbers that lies otherwise, a sentence.
    private(set) var otherForm: DataError?
    /// What is neither, the first of it, and how many there are.
    private(set) var others: (first: Record, count: Int)?

    /// Reads all of them.
    init(_ files: [RecordFile], _ progress: ImportProgress) throws {
        pictures = Kind(counts: files.map { _ in 0 })
        numbers = pictures
        for (index, file) in files.enumerated() {
            let next = try file.open()
            while let record = try next() { add(record, of: index) }
        }
    }

    private mutating func add(_ record: Record, of file: Int) {
        switch record.image {
        case .picture:
            pictures.counts[file] += 1
            pictures.labels.add(record.label)
        case .numbers(let format, let shape, _):
            numbers.counts[file] += 1
            numbers.labels.add(record.label)
            check(format, shape, record)
        case .other: others = (others?.first ?? record, 1 + (others?.count ?? 0))
        }
    }

    private mutating func check(_ format: NumberFormat, _ shape: [Int], _ record: Record) {
        guard let form else { return form = (format, shape) }
        guard otherForm == nil, form.format != format || form.shape != shape else { return }
        otherForm = DataError(
            record.place,
            "is \(shape) of \(format), and the first image is \(form.shape) of \(form.format): images of several sizes have to be picture files, such as PNG"
        )
    }

    /// What was not imported, a sentence.
    ///
    /// - Parameter left: How many images of numbers lie beside pictures.
    func notes(left: Int) -> [String] {
        let count = left + (others?.count ?? 0)
        guard count > 0 else { return [] }
        let example = others.map { ", such as \($0.first.place)" } ?? ""
        return ["\(counted(count, "other record")) \(count == 1 ? "was" : "were") not imported\(example)."]
    }
}

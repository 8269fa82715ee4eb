import Storage

/// Makes a plan of files of records: of their pictures where there are any, of their images of numbers otherwise.
struct RecordPlan {
    private let files: [RecordFile]
    private let splits: [String]
    private let source: SourceFiles
    private let provenance: [String: String]

    /// - Throws: `DataError` where some files belong to a split by their names and others do not.
    init(_ files: [RecordFile], _ source: SourceFiles, provenance: String) throws {
        if let lone = files.first(where: { $0.split == nil }), files.contains(where: { $0.split != nil }) {
            throw DataError(
                lone.place, "belongs to no split by its name, while others do: take it out, or name its split")
        }
        let names = files.map { $0.split ?? "train" }
        splits = SplitNames.all.filter(names.contains)
        self.files = splits.flatMap { split in files.filter { ($0.split ?? "train") == split } }
        self.source = source
        self.provenance = ["source": "\(provenance) \(source.path.split(separator: "/").last ?? "a file")"]
    }

    /// - Throws: `DataError` where there is no image, or images of numbers are not alike.
    func plan() throws -> ImportPlan {
        let tally = try RecordTally(files, source.progress)
        if tally.pictures.total > 0 {
            try refuseArrayOptions()
            return finished(pictures(tally), tally.pictures, tally.notes(left: tally.numbers.total))
        }
        if let form = tally.form {
            if let problem = tally.otherForm { throw problem }
            return finished(try arrays(tally, form), tally.numbers, tally.notes(left: 0))
        }
        guard case let (record, _)? = tally.others, case .other(let what) = record.image else {
            throw DataError(source.shown, "holds no records")
        }
        throw DataError(record.place, "is \(what)")
    }

    private func refuseArrayOptions() throws {
        let options = source.options
        if let option = options.layout.map({ _ in "--layout" }) ?? options.range.map({ _ in "--range" }) {
            throw DataError(
                source.shown, "holds picture files; \(option) is for arrays of numbers: leave it out")
        }
    }

    private func finished(_ plan: ImportPlan, _ kind: RecordTally.Kind, _ left: [String]) -> ImportPlan {
        var plan = plan
        let (table, notes) = kind.labels.table
        plan.targets = table
        plan.notes += notes + left
        return plan
    }

    private func pictures(_ tally: RecordTally) -> ImportPlan {
        let assignment = zip(files, tally.pictures.counts).flatMap { file, count in
            [UInt8](repeating: UInt8(splits.firstIndex(of: file.split ?? "train")!), count: count)
        }
        return ImportPlan(
            splits: splits, assignment: assignment,
            content: .pictures {
                let next = try Self.images(of: files) { record -> PictureFile? in
                    guard case .picture(let bytes) = record.image else { return nil }
                    return PictureFile(name: record.place) { Array(bytes.prefix($0)) }
                }
                return next
            }, provenance: provenance)
    }

    /// The images of each split as one array.
    private func arrays(_ tally: RecordTally, _ form: (format: NumberFormat, shape: [Int])) throws -> ImportPlan {
        var set = ArraySet()
        for split in splits {
            let own = files.indices.filter { (files[$0].split ?? "train") == split }
            let count = own.reduce(0) { $0 + tally.numbers.counts[$1] }
            let isNamed = files[own[0]].split != nil
            set.add(array(own.map { files[$0] }, [count] + form.shape, form.format, isNamed ? split : nil), file: "")
        }
        let images = try ArrayRoles.images(set, source)
        var plan = try ImportPlan(images.map { ($0.part, $0.split) }, source, provenance: provenance)
        plan.notes += ArrayRoles.note(images)
        return plan
    }

    private func array(
        _ files: [RecordFile], _ shape: [Int], _ format: NumberFormat, _ split: String?
    ) -> NumberArray {
        let name = split.map { "\($0) images" } ?? "images"
        return NumberArray(place: "\(name) in \(source.shown)", name: name, shape: shape, format: format) {
            let next = try Self.images(of: files) { record -> [UInt8]? in
                guard case .numbers(_, _, let bytes) = record.image else { return nil }
                return bytes
            }
            var waiting: ArraySlice<UInt8> = []
            return { count in
                while waiting.count < count, let bytes = try next() { waiting += bytes }
                defer { waiting = ArraySlice(Array(waiting.dropFirst(count))) }
                return Array(waiting.prefix(count))
            }
        }
    }

    /// Goes over the records of files, one behind the other, and gives what `image` makes of each that is one.
    private static func images<Image>(
        of files: [RecordFile], _ image: @escaping (Record) -> Image?
    ) throws -> () throws -> Image? {
        var rest = files[...]
        var next: (() throws -> Record?)?
        return {
            while true {
                if let record = try next?() {
                    if let found = image(record) { return found }
                } else {
                    guard let file = rest.popFirst() else { return nil }
                    next = try file.open()
                }
            }
        }
    }
}

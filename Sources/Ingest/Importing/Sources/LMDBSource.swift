import Archives
import Pictures
import Storage
import SwiftProtobuf

/// Databases of LMDB: LSUN's exports, whose values are picture files; Caffe's, whose values are `Datum` messages; and values that are pixels.
///
/// A folder's or a file's name tells the split (`bedroom_train_lmdb`). Keys are not labels. Where keys are `256-00012`, a picture is there in
/// several sizes, and the largest is taken. Sources: Yu et al., "LSUN", 2015; BVLC Caffe, `caffe.proto`; rosinality, `stylegan2-pytorch`.
enum LMDBSource: ImageSource {
    static let names = ["lmdb"]
    static let holdsArrays = true

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let databases = databases(in: source)
        guard let first = databases.first else { return nil }
        let what = databases.count == 1 ? "a database of LMDB" : "\(databases.count) databases of LMDB"
        return Recognition("\(what) (\(first.path))", isCertain: true)
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let files = try databases(in: source).map { entry in
            guard let path = source.tree.systemPath(of: entry) else {
                throw DataError(
                    source.tree.place(of: entry), "is a database within an archive: unpack the archive first")
            }
            return try file(path, split: split(of: entry, source))
        }
        guard !files.isEmpty else { throw DataError(source.shown, "holds no database of LMDB, such as data.mdb") }
        return try RecordPlan(files, source, provenance: "LMDB database").plan()
    }

    private static func databases(in source: SourceFiles) -> [FileTree.Entry] {
        let isAlone = source.tree.kind == .file
        return source.tree.entries.filter { entry in
            (isAlone || ["mdb", "lmdb"].contains(entry.ending))
                && LMDBFile.isDatabase((try? source.tree.read(entry, atMost: 24)) ?? [])
        }
    }

    /// By the folder, where the file has the name that the library gives it.
    private static func split(of entry: FileTree.Entry, _ source: SourceFiles) -> String? {
        let folder = entry.folder.isEmpty ? source.path : entry.folder
        let name = entry.name == "data.mdb" ? folder.split(separator: "/").last.map(String.init) ?? "" : entry.name
        return SplitNames.split(within: name)
    }

    private static func file(_ path: String, split: String?) throws -> RecordFile {
        let database = try LMDBFile(path)
        let records = try largest(of: database)
        return RecordFile(split: split, place: path) {
            var rest = records[...]
            return {
                guard let record = rest.popFirst() else { return nil }
                let place = "\(try database.key(of: record)) in \(path)"
                guard record.size <= BatchReader.pictureLimit else {
                    return Record(place: place, image: .other("a value of \(record.size) bytes, which is no image"))
                }
                return self.record(place, try database.value(of: record))
            }
        }
    }

    /// The records of the largest size, where keys are sizes and numbers.
    private static func largest(of database: LMDBFile) throws -> [LMDBFile.Record] {
        let records = database.records
        guard let first = records.first, try size(database.key(of: first)) != nil else { return records }
        let sizes = try records.map { try size(database.key(of: $0)) }
        guard let most = sizes.compactMap(\.self).max() else { return records }
        return zip(records, sizes).filter { $1 == nil || $1 == most }.map(\.0)
    }

    private static func size(_ key: String) -> Int? {
        key.wholeMatch(of: #/(\d{1,4})-\d+/#).flatMap { Int($0.output.1) }
    }

    private static func record(_ place: String, _ value: [UInt8]) -> Record {
        if PictureFormat(of: value) != nil { return Record(place: place, image: .picture(value)) }
        if let datum = try? CaffeDatum(serializedBytes: value), let image = datum.image {
            return Record(
                place: place, image: image, label: datum.hasLabel ? .numbers([datum.label]) : .none)
        }
        if isPickle(value) {
            return Record(
                place: place,
                image: .other(
                    "a pickle of Python, which may run code and is never opened: write the bytes of picture files, such as PNG, as values"
                ))
        }
        guard value.count >= 64 else {
            return Record(place: place, image: .other("a value of \(value.count) bytes, which is no image"))
        }
        return Record(place: place, image: .numbers(.byte, shape: [value.count], bytes: value))
    }

    /// A version from 2 to 5, an instruction that pickles begin with, and the one that ends them.
    private static func isPickle(_ value: [UInt8]) -> Bool {
        guard value.count > 3, value[0] == 0x80, value.last == UInt8(ascii: ".") else { return false }
        switch value[1] {
        case 4, 5: return value[2] == 0x95
        case 2, 3: return [0x28, 0x42, 0x43, 0x58, 0x5D, 0x63, 0x7D].contains(value[2])
        default: return false
        }
    }
}

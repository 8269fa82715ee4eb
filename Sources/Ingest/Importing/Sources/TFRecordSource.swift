import Archives
import SwiftProtobuf

/// Files of TensorFlow's records whose data are `tf.train.Example` messages, also compressed with gzip and in several pieces.
///
/// A word of the file's name tells the split (`train-00000-of-00010`). Where names end in `-r02` to `-r10`, the images are there in
/// several sizes, and the largest is taken. Sources: TensorFlow, "TFRecord and tf.train.Example"; Karras et al., ProGAN's `dataset_tool.py`.
enum TFRecordSource: ImageSource {
    static let names = ["tfrecord"]
    static let holdsArrays = true

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let entries = entries(in: source)
        guard let first = entries.first else { return nil }
        let what = entries.count == 1 ? first.name : "\(entries.count) files, such as \(first.name)"
        return Recognition("records of TensorFlow (\(what))", isCertain: true)
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let entries = entries(in: source)
        guard !entries.isEmpty else { throw DataError(source.shown, "holds no records of TensorFlow") }
        let (kept, note) = largest(entries)
        var plan = try RecordPlan(kept.map { file($0, source.tree) }, source, provenance: "TensorFlow records").plan()
        if let note { plan.notes.append(note) }
        return plan
    }

    private static func entries(in source: SourceFiles) -> [FileTree.Entry] {
        let isAlone = source.tree.kind == .file
        return source.tree.entries.filter {
            (isAlone || isNamed($0.name)) && TFRecordReader.isFirst($0, in: source.tree)
        }
    }

    /// `a.tfrecord`, `a.tfrecords.gz`, `train-00000-of-00010`, `a.tfrec`.
    private static func isNamed(_ name: String) -> Bool {
        name.firstMatch(of: #/\.tf(r|rec|record|records)(\.gz)?$|-of-\d+/#) != nil
    }

    /// The files of the largest size, where names tell sizes.
    private static func largest(_ entries: [FileTree.Entry]) -> ([FileTree.Entry], note: String?) {
        let sizes = entries.map { $0.name.firstMatch(of: #/-r(\d\d)\.tf/#).flatMap { Int($0.output.1) } }
        guard let most = sizes.compactMap(\.self).max(), !sizes.contains(nil) else { return (entries, nil) }
        let kept = zip(entries, sizes).filter { $1 == most }.map(\.0)
        let left = entries.count - kept.count
        return (kept, left == 0 ? nil : "\(counted(left, "file")) with smaller copies of the images left out.")
    }

    private static func file(_ entry: FileTree.Entry, _ tree: FileTree) -> RecordFile {
        RecordFile(split: SplitNames.split(within: entry.name), place: tree.place(of: entry)) {
            var reader = try TFRecordReader(entry, in: tree)
            var features: ExampleFeatures?
            return {
                let place = reader.nextName
                guard let data = try reader.next() else { return nil }
                guard let example = try? TensorFlowExample(serializedBytes: data) else {
                    throw DataError(place, "is no tf.train.Example: only those are read")
                }
                let known = try features ?? ExampleFeatures(example, place: place)
                features = known
                return try known.record(example, place: place)
            }
        }
    }
}

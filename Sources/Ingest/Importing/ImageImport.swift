import Archives
import Files

/// Brings images into Fuel's layout, whatever they come as.
public struct ImageImport {
    /// What the source is taken for, in words that follow "is".
    public let recognised: String

    private let files: SourceFiles
    private let source: any ImageSource.Type

    /// What `--as` may say, the first name of each kind first.
    public static var kinds: [String] { ImageSources.names }

    /// Looks at a source.
    ///
    /// - Parameters:
    ///   - path: A file, a folder, or a zip or tar archive.
    ///   - kind: One of `kinds`, or nil where the source is to be recognised.
    ///   - scratch: The folder in which archives may be unpacked.
    ///   - requireSafeMatrices: Opens a MATLAB file where a crash does no harm, and throws where it crashes.
    /// - Throws: `ArchiveError` or `DataError`: one sentence about what cannot be read, is not known, or may be two things.
    public init(
        _ path: String, as kind: String? = nil, options: ImportOptions = ImportOptions(), scratch: String = ".",
        requireSafeMatrices: @escaping (String) throws -> Void = { _ in },
        progress: @escaping ImportProgress = { _ in }
    ) throws {
        files = SourceFiles(
            tree: try FileTree(path, scratch: scratch) { progress(.unpacked($0)) }, kind: kind, options: options,
            scratch: scratch, progress: progress, requireSafeMatrices: requireSafeMatrices)
        (source, recognised) = try ImageSources.choose(files)
        if options.labels != nil, !source.takesLabels {
            throw DataError(files.shown, "is \(recognised), which has its own labels: leave --labels out")
        }
        if !source.holdsArrays,
            let option = options.layout.map({ _ in "--layout" }) ?? options.range.map({ _ in "--range" })
        {
            throw DataError(
                files.shown,
                "is \(recognised); \(option) is for arrays of numbers (.npy, .npz, .mat, .pt, and records of pixels): leave it out"
            )
        }
    }

    /// The source and what it is taken for, a sentence.
    public var sentence: String { "\(files.shown) is \(recognised)" }

    /// The paths of all that is read, as far as they are known before it is.
    public var paths: [String] {
        [files.path] + files.tree.entries.compactMap { files.tree.systemPath(of: $0) } + CelebASource.listsBeside(files)
    }

    /// Reads, decodes and writes, on all cores.
    ///
    /// - Throws: One sentence about what is missing, or about all pictures that cannot be read; nothing is left behind.
    public func write(to output: UnfinishedFile) throws -> ImportReport {
        var plan = try source.plan(files)
        guard plan.count > 0 else { throw DataError(files.shown, "holds no images") }
        if files.tree.ignored > 0 {
            plan.notes.append("\(counted(files.tree.ignored, "file")) that are hidden or a system's own were left out.")
        }
        try HeldOutShare.apply(files, to: &plan)
        return try ImportPipeline(plan, files, takenFor: recognised).run(to: output)
    }
}

/// A number with its noun: `1 picture`, `3 pictures`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

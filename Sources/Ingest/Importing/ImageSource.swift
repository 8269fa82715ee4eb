import Archives

/// A kind of source that people bring. Each is a file in `Sources/`, and `ImageSources.all` lists them.
protocol ImageSource: SendableMetatype {
    /// What `--as` may call it.
    static var names: [String] { get }

    /// What it takes some files for; nil for what is no source of this kind.
    static func recognise(_ source: SourceFiles) throws -> Recognition?

    /// Whether `--labels` says where its labels are.
    static var takesLabels: Bool { get }

    /// Whether its images are arrays, whose axes and numbers `--layout` and `--range` explain.
    static var holdsArrays: Bool { get }

    /// What is to be imported.
    ///
    /// - Throws: One sentence about what is missing or wrong.
    static func plan(_ source: SourceFiles) throws -> ImportPlan
}

extension ImageSource {
    static var takesLabels: Bool { false }
    static var holdsArrays: Bool { false }
}

/// The files of a source, with what the user asked for.
struct SourceFiles {
    let tree: FileTree
    /// What `--as` said.
    let kind: String?
    let options: ImportOptions
    /// Where archives within the source may be unpacked.
    let scratch: String
    let progress: ImportProgress
    /// Opens a file of matrices in a process of its own; throws where that does not end well.
    let requireSafeMatrices: (String) throws -> Void

    var path: String { tree.path }

    /// The name that was given, with a slash behind a folder's.
    var shown: String { tree.kind == .folder ? "\(tree.path)/" : tree.path }
}

/// What a source is taken for.
struct Recognition {
    /// Words that follow "is": `a folder of pictures with 3 class folders`.
    let what: String
    /// Whether names or contents say so that no other kind has.
    let isCertain: Bool

    init(_ what: String, isCertain: Bool = false) {
        self.what = what
        self.isCertain = isCertain
    }
}

import ArgumentParser
import ConfigurationFiles
import Files
import Ingest
import Training

/// What a command may write where: files that exist stay.
///
/// Whatever is at the path is looked at for what it is and which one it is, not for its name, so links to it are the same.
struct OutputRule {
    /// The value of the option.
    let path: String
    let format: OutputFormat
    /// Whether a regular file may be replaced.
    let replaces: Bool
    /// The option's name, for errors.
    var option = "--out"

    /// Refuses what is no name for such a file.
    ///
    /// - Throws: `ValidationError`.
    func validate() throws {
        guard !path.isEmpty else { throw ValidationError("\(option) is empty: name a file") }
        switch FileStatus(path)?.kind {
        case .regular: break
        case .directory: throw ValidationError("\(option) \(path) is a directory: name a file in it")
        case .link, .other:
            throw ValidationError(
                "\(option) \(path) is a device, a pipe or a socket: name a file\(format.orStandardOutput)")
        case nil:
            guard FileStatus(atLink: path) == nil else {
                throw ValidationError(
                    "\(option) \(path) is a link that leads to nothing: name a file, or remove the link")
            }
        }
        try requireEnding(of: path)
        guard resolvedPath(Self.parts(of: path).folder) != nil else {
            throw ValidationError(
                "\(option) \(path) is in a directory that does not exist: create \(Self.parts(of: path).folder) first")
        }
    }

    /// Where the file is to be made: at the path, or at what a link there leads to.
    ///
    /// - Parameter inputs: Files and folders that the command reads; looked for where a file exists.
    /// - Throws: `ValidationError`, `UsageProblem` or `FileExists`: one sentence about why nothing may be written there.
    func place(besides inputs: () throws -> [String]) throws -> String {
        try validate()
        let place = resolvedPath(path) ?? Self.newPlace(path)
        try requireEnding(of: place)
        let folders = Self.folders(around: place)
        let found = FileStatus(path)
        try requireOutsideRuns(folders, exists: found != nil)
        if let found {
            try requireNoInput(inputs(), found, folders)
            guard replaces else { throw FileExists(path: path) }
        }
        return FileStatus(atLink: path)?.kind == .link ? place : path
    }

    private func requireEnding(of path: String) throws {
        guard !format.endings.contains(where: { path.lowercased().hasSuffix($0) }) else { return }
        throw ValidationError(
            "\(option) \(path) is to be \(format.name): name a file that ends in \(format.endings.joined(separator: " or "))"
        )
    }

    private static func newPlace(_ path: String) -> String {
        let (folder, name) = parts(of: path)
        let resolved = resolvedPath(folder) ?? folder
        return resolved == "/" ? "/\(name)" : "\(resolved)/\(name)"
    }

    private func requireOutsideRuns(_ folders: [String], exists: Bool) throws {
        guard let run = folders.map(RunPaths.init).first(where: \.holdRun) else { return }
        let own = Self.identities([run.checkpoints, run.samples, run.tensorboard])
        guard exists || !own.isDisjoint(with: Self.identities(folders)) else { return }
        throw UsageProblem("\(path) is in the run directory \(run.directory), whose files stay; name a file elsewhere")
    }

    private func requireNoInput(_ inputs: [String], _ found: FileStatus, _ folders: [String]) throws {
        let around = Self.identities(folders).union([found.identity])
        for input in inputs {
            guard let status = FileStatus(input), around.contains(status.identity) else { continue }
            let what = status.kind == .directory ? "a file of \(input)" : input
            throw UsageProblem("\(path) would replace \(what), which is read; name another file")
        }
    }

    private static func identities(_ paths: [String]) -> Set<FileStatus.Identity> {
        Set(paths.compactMap { FileStatus($0)?.identity })
    }

    /// Refuses a folder in a run directory, whose files stay.
    ///
    /// - Throws: `UsageProblem`.
    static func requireOutsideRuns(_ folder: String) throws {
        let place = resolvedPath(folder) ?? newPlace(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)
        guard let run = folders(around: place).map(RunPaths.init).first(where: \.holdRun) else { return }
        throw UsageProblem(
            "\(folder) is in the run directory \(run.directory), whose files stay; name a folder elsewhere")
    }

    /// The folder of a path and the name in it.
    static func parts(of path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// The folder of a path without links, the folder around that, and so on.
    private static func folders(around path: String) -> [String] {
        Array(sequence(first: parts(of: path).folder) { $0 == "/" ? nil : parts(of: $0).folder })
    }
}

extension OutputRule {
    /// Makes the bytes of the file and writes it; where it may not be written they are not made.
    ///
    /// - Parameter inputs: Files and folders that the command reads.
    func write(besides inputs: () throws -> [String], _ bytes: () throws -> [UInt8]) throws {
        let place = try place(besides: inputs)
        let made = try bytes()
        UnfinishedFiles.removeWhenInterrupted()
        let file = try UnfinishedFile(place, replacing: replaces)
        try file.write(made)
        try file.finish()
    }
}

/// What a command writes.
struct OutputFormat: Sendable {
    /// As in "PATH is to be NAME".
    let name: String
    let endings: [String]
    /// A picture is written from its beginning to its end, an HDF5 file here and there.
    let canStream: Bool

    static let dataset = OutputFormat(name: "an HDF5 file", endings: [".h5", ".hdf5"], canStream: false)
    static let codes = OutputFormat(
        name: "a table of numbers", endings: CodeFormat.allCases.flatMap(\.endings), canStream: false)
    static let picture = OutputFormat(name: "a PNG picture", endings: [".png"], canStream: true)
    static let walk = OutputFormat(
        name: "a PNG picture or an animation", endings: [".png", ".apng"], canStream: true)

    static let table = OutputFormat(name: "a CSV file", endings: [".csv"], canStream: true)
    static let page = OutputFormat(name: "an HTML page", endings: [".html", ".htm"], canStream: true)
    static let trace = OutputFormat(name: "a trace", endings: [".json"], canStream: false)
    static let log = OutputFormat(name: "a log", endings: [".log", ".txt"], canStream: false)

    /// What else `--out` may name, at the end of a sentence.
    fileprivate var orStandardOutput: String { canStream ? ", or - for the standard output" : "" }
}

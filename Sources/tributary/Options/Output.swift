import ArgumentParser
import ConfigurationFiles
import Files
import Foundation
import Ingest
import Pictures

/// `--out` of a command that writes an HDF5 file.
struct DatasetOutput: ParsableArguments {
    @Option(help: "The HDF5 file to write.", completion: .file(extensions: ["h5", "hdf5"])) var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var rule: OutputRule { OutputRule(path: out, format: .dataset, replaces: force) }

    func validate() throws {
        guard out != "-" else {
            throw ValidationError("--out - is the standard output, and an HDF5 file cannot be streamed: name a file")
        }
        try rule.validate()
    }

    /// Begins the file.
    ///
    /// - Parameter inputs: Files and folders that the command reads.
    func begin(besides inputs: @autoclosure () throws -> [String] = []) throws -> UnfinishedFile {
        let place = try rule.place(besides: inputs)
        UnfinishedFiles.removeWhenInterrupted()
        return try UnfinishedFile(place, replacing: force)
    }
}

/// `--out` of a command that writes codes of images.
struct CodesOutput: ParsableArguments {
    @Option(
        help: "The file to write: HDF5 (.h5), NumPy's arrays (.npz) or text (.csv).",
        completion: .file(extensions: ["h5", "hdf5", "npz", "csv"]))
    var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var file: CodesFile { CodesFile(path: out, replaces: force) }

    func validate() throws { try file.validate() }

    /// Begins the file.
    ///
    /// - Parameter inputs: Files and folders that the command reads.
    func begin(besides inputs: [String]) throws -> CodesFile.Begun { try file.begin(besides: inputs) }
}

/// A file that a command writes, with numbers of each image.
struct CodesFile {
    /// The value of the option.
    let path: String
    let replaces: Bool

    private var rule: OutputRule { OutputRule(path: path, format: .codes, replaces: replaces) }

    func validate() throws {
        guard path != "-" else {
            throw ValidationError(
                "--out - is the standard output, and such files cannot be streamed: name a file that ends in .h5, .npz or .csv"
            )
        }
        try rule.validate()
    }

    /// Begins the file.
    ///
    /// - Parameter inputs: Files and folders that the command reads.
    func begin(besides inputs: [String]) throws -> Begun {
        let place = try rule.place { inputs }
        UnfinishedFiles.removeWhenInterrupted()
        return Begun(file: try UnfinishedFile(place, replacing: replaces), path: path)
    }

    /// A file that has a place and no contents yet.
    struct Begun {
        fileprivate let file: UnfinishedFile
        fileprivate let path: String

        /// What writes a table into it, in the format that the file's name says.
        func writer(_ table: CodeTable) throws -> any CodeWriter {
            guard let format = CodeFormat(path: path) else {
                preconditionFailure("expected an ending that validate() takes, got \(path)")
            }
            return try format.writer(file, table, scratch: ScratchFile.folder(beside: path))
        }
    }
}

/// `--out` of a command that writes a picture.
struct PictureOutput: ParsableArguments {
    @Option(help: "The PNG file to write, or - for the standard output.", completion: .file(extensions: ["png"]))
    var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var file: PictureFile { PictureFile(path: out, replaces: force) }

    func validate() throws { try file.validate() }

    /// Makes the picture and writes it; where it may not be written it is not made.
    ///
    /// - Parameters:
    ///   - inputs: Files and folders that the command reads.
    ///   - saysPath: Whether the path of the picture is the command's result.
    func write(besides inputs: [String], saysPath: Bool = true, _ picture: () throws -> Image) throws {
        try file.write(besides: inputs, saysPath: saysPath, picture)
    }
}

/// A PNG file that a command writes, or `-` for the standard output.
struct PictureFile {
    /// The value of the option.
    let path: String
    let replaces: Bool
    var format = OutputFormat.picture

    private var isStandardOutput: Bool { path == "-" }
    private var rule: OutputRule { OutputRule(path: path, format: format, replaces: replaces) }

    /// - Throws: `ValidationError` for what is no name for such a file.
    func validate() throws {
        guard isStandardOutput else { return try rule.validate() }
        guard isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("--out - is a terminal, which shows no PNG: send it to a file or a program")
        }
    }

    /// Makes the picture and writes it; where it may not be written it is not made.
    ///
    /// - Parameters:
    ///   - inputs: Files and folders that the command reads.
    ///   - saysPath: Whether the path of the picture is the command's result.
    func write(besides inputs: [String], saysPath: Bool = true, _ picture: () throws -> Image) throws {
        try write(besides: inputs, saysPath: saysPath, bytes: { try PNG.encode(picture()) })
    }

    /// The same of a picture's bytes.
    func write(besides inputs: [String], saysPath: Bool = true, bytes: () throws -> [UInt8]) throws {
        guard !isStandardOutput else { return try output(Foundation.Data(bytes())) }
        try rule.write(besides: { inputs }, bytes)
        if saysPath { try output(path) }
    }
}

/// `--out` of a command that writes text: a file, or `-` for the standard output.
struct TextOutput {
    private let rule: OutputRule

    init(path: String, format: OutputFormat, replaces: Bool) {
        rule = OutputRule(path: path, format: format, replaces: replaces)
    }

    private var isStandardOutput: Bool { rule.path == "-" }

    /// - Throws: `ValidationError` for what is no name for such a file.
    func validate() throws { if !isStandardOutput { try rule.validate() } }

    /// Makes the text and writes it; where it may not be written it is not made.
    ///
    /// - Parameter inputs: Files and folders that the command reads.
    func write(besides inputs: [String], _ text: () throws -> String) throws {
        guard !isStandardOutput else { return try output(text(), terminator: "") }
        try rule.write(besides: { inputs }) { try Array(text().utf8) }
        try output(rule.path)
    }
}

/// `--out` of a command that writes a folder of files: a new one, or an empty one that is there.
struct FolderOutput {
    /// The value of the option.
    let path: String

    /// - Throws: `ValidationError` where the path cannot be that of a new folder.
    func validate() throws {
        guard !path.isEmpty else { throw ValidationError("--out is empty: name a folder") }
        let name = path.hasSuffix("/") ? String(path.dropLast()) : path
        let around = OutputRule.parts(of: name).folder
        guard resolvedPath(around) != nil else {
            throw ValidationError("--out \(path) is in a directory that does not exist: create \(around) first")
        }
    }

    /// Begins the folder.
    ///
    /// - Throws: `FolderNotEmpty`; `UsageProblem` in a run directory, whose files stay.
    func begin() throws -> UnfinishedFolder {
        try validate()
        try FolderNotEmpty.requireNothing(at: path)
        try OutputRule.requireOutsideRuns(path)
        UnfinishedFiles.removeWhenInterrupted()
        return try UnfinishedFolder(path)
    }
}

/// What the system says of the file that a path leads to; of a link that leads nowhere, what it says of that.
func attributes(ofFile path: String) -> [FileAttributeKey: Any]? {
    try? FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
}

/// Writes a result to the standard output, without what would command a terminal; unlike `print`, it says where that fails.
func output(_ text: String, terminator: String = "\n") throws {
    try output(Foundation.Data((text.printable + terminator).utf8))
}

private func output(_ bytes: Foundation.Data) throws {
    do {
        try FileHandle.standardOutput.write(contentsOf: bytes)
    } catch {
        throw UsageProblem(
            "cannot write the result to the standard output; free some space where it goes and try again")
    }
}

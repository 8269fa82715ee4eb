import ArgumentParser
import ConfigurationFiles
import Files
import Foundation
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

/// `--out` of a command that writes a picture.
struct PictureOutput: ParsableArguments {
    @Option(help: "The PNG file to write, or - for the standard output.", completion: .file(extensions: ["png"]))
    var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var isStandardOutput: Bool { out == "-" }
    private var rule: OutputRule { OutputRule(path: out, format: .picture, replaces: force) }

    func validate() throws {
        guard isStandardOutput else { return try rule.validate() }
        guard isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("--out - is a terminal, which shows no PNG: send it to a file or a program")
        }
    }

    /// Makes the picture and writes it; where it may not be written it is not made.
    ///
    /// - Parameter inputs: Files and folders that the command reads.
    func write(besides inputs: [String], _ picture: () throws -> Image) throws {
        guard !isStandardOutput else { return try output(Foundation.Data(PNG.encode(picture()))) }
        try rule.write(besides: { inputs }) { try PNG.encode(picture()) }
        try output(out)
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

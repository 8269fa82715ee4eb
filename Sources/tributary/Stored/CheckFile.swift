import ArgumentParser
import Cluster
import ConfigurationFiles
import Files
import Foundation
import Ingest
import Training
import Tributary

/// A file that may have been made to do harm: opened in a process of its own before this one opens it.
///
/// The HDF5 library crashes on some files. What it does depends on the file alone, so what ends a process that has nothing to lose
/// does not come to the one that trains.
enum ForeignFile: String, ExpressibleByArgument {
    case dataset
    case checkpoint
    case matrices

    @Sendable func requireSafe(_ path: String) throws { try requireSafe(path, reading: nil) }

    /// Opens the file in another process.
    ///
    /// - Parameter data: How a dataset will be read.
    /// - Throws: `UsageProblem` with that process's own sentence, or with how it ended.
    func requireSafe(_ path: String, reading data: DataDescription?) throws {
        try requireFile(path)
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: LocalCluster.thisProgram)
        process.arguments = ["check-file", rawValue] + (data?.arguments ?? []) + ["--", path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.start()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return
        case (.exit, _): throw UsageProblem(Self.sentence(in: text))
        case (_, let number): throw UsageProblem("\(path) is not opened: \(ending(by: number))")
        }
    }

    /// Whoever opened a pipe would wait for ever.
    private func requireFile(_ path: String) throws {
        let type = attributes(ofFile: path)?[.type] as? FileAttributeType
        switch type {
        case nil, .typeRegular, .typeDirectory: return
        case .typeSymbolicLink:
            throw UsageProblem(
                "\(path) is a link, and what it leads to is not there: put the file there, or name another")
        default: throw UsageProblem("\(path) is a pipe, a socket or a device: name a file")
        }
    }

    private static func sentence(in text: String) -> String {
        let line = text.split(separator: "\n").last { $0.hasPrefix("Error: ") }
        return line.map { String($0.dropFirst("Error: ".count)) } ?? text
    }

    private func ending(by signal: Int32) -> String {
        let what = signal == SIGXCPU ? "took too long over" : "crashed on"
        return
            "the \(library) library \(what) it in a process of its own (signal \(signal)), so it is damaged or was made to do harm; "
            + (self == .checkpoint ? "restore it from a copy" : "make it again from what it was made of")
    }

    private var library: String { self == .matrices ? "MATLAB file" : "HDF5" }

    /// The most memory, in bytes, that a file of a size needs.
    fileprivate func memory(forFileOf size: Int) -> Int {
        self == .matrices ? MATLABSource.memory(forFileOf: size) : 4 << 30 + 8 * size
    }

    /// Does with the file, in this process, what whoever opened it would have the library do.
    fileprivate func open(_ path: String, _ data: DataDescription?) throws {
        switch self {
        case .dataset: try ImageDataset.readThroughTheLibrary(path, data?.readingOptions() ?? ReadingOptions())
        case .checkpoint: _ = try Checkpoint(PosixFileSystem().read(path), file: path)
        case .matrices: try MATLABSource.readThroughTheLibrary(path)
        }
    }
}

/// The process that opens a file first.
struct CheckFile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-file", abstract: "Opens a file under limits, for a process that wants to open it.",
        shouldDisplay: false)

    @Argument var kind: ForeignFile
    @Argument var path: String
    @OptionGroup var reading: DataOptions

    func run() throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        ResourceLimits.restrict(memory: kind.memory(forFileOf: size), processorSeconds: 60 + size / (10 << 20))
        try kind.open(path, reading.added(to: nil))
    }
}

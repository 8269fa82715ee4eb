import Coordination
import Files

/// Says which run a directory holds, and counts the incarnations of its coordinator, so that messages to or from an earlier one
/// are told apart: `3 e7bce54c…` in one line.
struct EpochFile {
    struct Entry: Equatable {
        var epoch: UInt64
        /// Nil where nobody has written it.
        var run: RunIdentifier?
    }

    private let path: String
    private let files: any FileSystem

    init(directory: String, files: any FileSystem = PosixFileSystem()) {
        path = directory + "/coordinator-epoch"
        self.files = files
    }

    /// Counts one up and forces the new number to the disk; only then may the coordinator listen.
    /// - Throws: `FileError`, or `EpochFileError` where the file holds something else than a number and a run.
    func advance(_ run: RunIdentifier) throws -> UInt64 {
        let next = try read().epoch + 1
        try files.replaceDurably(path, Array("\(next) \(run)\n".utf8))
        return next
    }

    /// What the file says; epoch 0 of no run where there is none.
    func read() throws -> Entry {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(path)
        } catch {
            if error.isNotFound { return Entry(epoch: 0, run: nil) }
            throw error
        }
        guard let entry = Self.entry(String(decoding: bytes, as: UTF8.self)) else { throw EpochFileError(path: path) }
        return entry
    }

    private static func entry(_ text: String) -> Entry? {
        guard text.hasSuffix("\n") else { return nil }
        let words = text.dropLast().split(separator: " ", omittingEmptySubsequences: false)
        guard let first = words.first, let epoch = UInt64(first), epoch < UInt64.max, words.count <= 2 else {
            return nil
        }
        guard words.count == 2 else { return Entry(epoch: epoch, run: nil) }
        return RunIdentifier(String(words[1])).map { Entry(epoch: epoch, run: $0) }
    }
}

/// The file that counts coordinators was changed by somebody else.
struct EpochFileError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "\(path) holds no number: write the number of times this run was started or resumed into it, or a larger one"
    }
}

/// A checkpoint that somebody put into the directory of another run.
struct ForeignCheckpoint: Error, CustomStringConvertible {
    let path: String
    let run: String
    let directory: String
    let expected: RunIdentifier

    var description: String {
        "\(path) is of run \(run.prefix(8)), and \(directory) holds run \(expected.description.prefix(8)): move that file "
            + "away, or go on from it in a directory of its own"
    }
}

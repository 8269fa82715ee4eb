import Files

/// Counts the incarnations of a run's coordinator, so that messages to or from an earlier one are told apart.
struct EpochFile {
    private let path: String
    private let files: any FileSystem

    init(directory: String, files: any FileSystem = PosixFileSystem()) {
        path = directory + "/coordinator-epoch"
        self.files = files
    }

    /// Counts one up and forces the new number to the disk; only then may the coordinator listen.
    /// - Throws: `FileError`, or `EpochFileError` where the file holds something else than a number.
    func advance() throws -> UInt64 {
        let next = try read() + 1
        try files.replaceDurably(path, Array("\(next)\n".utf8))
        return next
    }

    private func read() throws -> UInt64 {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(path)
        } catch {
            if error.isNotFound { return 0 }
            throw error
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let epoch = UInt64(text.dropLast()), epoch < UInt64.max else {
            throw EpochFileError(path: path)
        }
        return epoch
    }
}

/// The file that counts coordinators was changed by somebody else.
struct EpochFileError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "\(path) holds no number: write the number of times this run was started or resumed into it, or a larger one"
    }
}

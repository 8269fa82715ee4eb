import Files

/// Throws a sentence about a file that must not be opened in this process.
public typealias FileCheck = @Sendable (_ path: String) throws -> Void

/// The checkpoints of a run, in a directory.
///
/// A crash at any instant leaves every finished checkpoint whole, and the only whole one is never removed. Reading takes the newest that verifies and says which it
/// skipped.
public struct CheckpointStore: Sendable {
    public let directory: String
    let files: any FileSystem
    /// How many of the newest checkpoints stay.
    private let kept: Int
    let check: FileCheck

    /// One that a run goes on from where the newest is damaged.
    public static let fewestKept = 2

    /// - Parameter check: Asked before a checkpoint is parsed here; one that it refuses is passed over.
    public init(
        directory: String, files: any FileSystem = PosixFileSystem(), keeping kept: Int = fewestKept,
        check: @escaping FileCheck = { _ in }
    ) {
        precondition(kept >= Self.fewestKept, "at least \(Self.fewestKept) checkpoints are kept, not \(kept)")
        self.directory = directory
        self.files = files
        self.kept = kept
        self.check = check
    }

    /// A file that was not taken.
    public struct Skipped: Hashable, Sendable, CustomStringConvertible {
        public let path: String
        /// A sentence that names the file.
        public let reason: String
        public var description: String { "skipped a checkpoint: \(reason)" }
    }

    /// Saves the encoded checkpoint of a step, reads it again, and returns its path; older ones are then removed.
    ///
    /// The newest ones that are whole stay, as many as are kept; damaged ones among them do not count. Files of later steps,
    /// which a resume has passed over, stay and do not count either.
    /// - Throws: `FileError`, or `CheckpointError` where the file does not hold what was written; what was there before is
    ///   untouched then.
    public func save(_ encoded: [UInt8], step: Int) throws -> String {
        let path = path(ofStep: step)
        try replace(path, encoded)
        try removeOld(before: step)
        return path
    }

    /// Writes a file durably and reads it again.
    func replace(_ path: String, _ encoded: [UInt8]) throws {
        try files.replaceDurably(path, encoded)
        guard try files.read(path) == encoded else {
            throw CheckpointError(file: path, reason: "does not hold what was just written to it: check the disk")
        }
    }

    /// A checkpoint that was taken, and what was passed over on the way.
    public struct Found: Sendable {
        public let checkpoint: Checkpoint
        public let path: String
        public let skipped: [Skipped]
    }

    /// The newest checkpoint that verifies, of those that have at most so many steps; nil where there are none of them at all.
    ///
    /// - Throws: `NoUsableCheckpoint` where there are some and none verifies: beginning anew would bury them. `FileError`.
    public func newest(upTo limit: Int = .max) throws -> Found? {
        var skipped: [Skipped] = []
        for step in try steps().reversed() where step <= limit {
            let path = path(ofStep: step)
            do {
                return Found(checkpoint: try read(step: step), path: path, skipped: skipped)
            } catch {
                skipped.append(Skipped(path: path, reason: "\(error)"))
            }
        }
        if skipped.isEmpty { return nil }
        throw NoUsableCheckpoint(directory: directory, skipped: skipped, remedy: otherBeginning(upTo: limit))
    }

    /// From what else a run may begin: from its best state, where that is whole.
    private func otherBeginning(upTo limit: Int) -> String {
        guard let best = try? readBest(), best.state.step <= limit else {
            return "begin a new run in another directory"
        }
        return "go on from the best one, which is whole: copy \(bestPath) to \(path(ofStep: best.state.step))"
    }

    /// Reads the checkpoint of a step, which its content must have, too.
    ///
    /// - Throws: A sentence that names the file.
    public func read(step: Int) throws -> Checkpoint {
        let path = path(ofStep: step)
        try check(path)
        let checkpoint = try Checkpoint(files.read(path), file: path)
        guard checkpoint.state.step == step else {
            throw CheckpointError(
                file: path, reason: "is of step \(checkpoint.state.step), not of the step in its name")
        }
        return checkpoint
    }

    /// The path of a step's checkpoint.
    public func path(ofStep step: Int) -> String { "\(directory)/\(Self.name(ofStep: step))" }

    private static func name(ofStep step: Int) -> String { "step-\(digits(ofStep: step)).h5" }

    /// Ten digits, so that names sort as steps do.
    static func digits(ofStep step: Int) -> String {
        let digits = String(step)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    /// The steps that there are files for, ascending.
    public func steps() throws(FileError) -> [Int] {
        try files.names(in: directory).compactMap(Self.step).sorted()
    }

    private func removeOld(before newest: Int) throws(FileError) {
        var whole = 1
        for step in try steps().reversed() where step < newest {
            if whole == kept {
                try files.remove(path(ofStep: step))
            } else if isWhole(path(ofStep: step)) {
                whole += 1
            }
        }
        if let oldest = try steps().first { try removeEarlierBests(before: oldest) }
    }

    /// Removes the checkpoints of more than `step` steps, for good.
    func remove(after step: Int) throws(FileError) {
        for later in try steps().filter({ $0 > step }).reversed() { try files.remove(path(ofStep: later)) }
        try files.synchronize(directory: directory)
    }

    private func isWhole(_ path: String) -> Bool {
        guard let bytes = try? files.read(path) else { return false }
        return (try? CheckpointSeal.open(bytes, file: path)) != nil
    }

    private static func step(_ name: String) -> Int? {
        guard let step = Int(name.dropFirst(5).dropLast(3)), Self.name(ofStep: step) == name else { return nil }
        return step
    }
}

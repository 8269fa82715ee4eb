import Files
import Glibc
import Synchronization

/// A disk with a page cache in front of it: what was not forced is lost, torn or kept when the power fails, as it likes.
///
/// Names and bytes are forced apart, as on a real disk. Every call may be the last one of its process.
final class SimulatedDisk: FileSystem {
    /// What a disk may do to a writer.
    enum Fault: String, CaseIterable {
        case failingWrite = "failing write"
        case fullDisk = "full disk"
        case bitFlip = "flipped bit"
        case tornWrite = "torn write"
        case lostName = "lost name"
        case deathInWrite = "death between two file operations"
    }

    private struct File {
        /// What a reader sees.
        var bytes: [UInt8]
        /// What survives a power failure.
        var durable: [UInt8] = []
    }

    /// A change of a directory that is not forced yet.
    private struct Change {
        var path: String
        /// Nil where the name was removed.
        var file: Int?
    }

    private struct State {
        var files: [Int: File] = [:]
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var changes: [Change] = []
        var next = 1
        /// How many more operations the process lives; nil for as many as it wants.
        var operationsLeft: Int?
        var isDead = false
        var failures = 0
        var isFull = false
        var forgetsFileSync = false
        var forgetsDirectorySync = false
        var dropped: String?
        var counts: [Fault: Int] = [:]
    }

    private let state: Mutex<State>

    convenience init() { self.init(State()) }

    private init(_ state: State) { self.state = Mutex(state) }

    /// The files as a reader sees them now, on a disk of their own that nothing happens to: what a witness looks at.
    func copy() -> SimulatedDisk { SimulatedDisk(state.withLock { State(files: $0.files, names: $0.names) }) }

    // MARK: - Faults

    /// How often each fault struck.
    var counts: [Fault: Int] { state.withLock { $0.counts } }

    /// Whether a process died in the middle of an operation since the last `crash`.
    var isDead: Bool { state.withLock { $0.isDead } }

    /// Lets the process die after so many more operations.
    func die(after operations: Int) { state.withLock { $0.operationsLeft = operations } }

    /// Lets so many of the next writes fail.
    func failWrites(_ count: Int) { state.withLock { $0.failures = count } }

    /// Ends every fault that is under way or about to strike.
    func heal() {
        state.withLock { state in
            state.operationsLeft = nil
            state.failures = 0
            state.isFull = false
        }
    }

    func setFull(_ isFull: Bool) { state.withLock { $0.isFull = isFull } }

    /// Makes the disk lie, for tests of the simulator.
    func forget(fileSync: Bool = false, directorySync: Bool = false, changesOf path: String? = nil) {
        state.withLock { state in
            state.forgetsFileSync = fileSync
            state.forgetsDirectorySync = directorySync
            state.dropped = path
        }
    }

    /// The files under a directory.
    func paths(in directory: String) -> [String] {
        state.withLock { state in state.names.keys.filter { $0.hasPrefix(directory + "/") }.sorted() }
    }

    /// Replaces a file's bytes, for tests of the simulator.
    func put(_ bytes: [UInt8], _ path: String) {
        state.withLock { state in
            if let file = state.names[path] { state.files[file] = File(bytes: bytes, durable: bytes) }
        }
    }

    /// Flips a bit of a file, on the disk and in the cache.
    func flip(bit: Int, of path: String) {
        state.withLock { state in
            guard let file = state.names[path], let count = state.files[file]?.bytes.count, count > 0 else { return }
            let bit = bit % (count * 8)
            state.files[file]?.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            if let bytes = state.files[file]?.bytes { state.files[file]?.durable = bytes }
            state.counts[.bitFlip, default: 0] += 1
        }
    }

    /// Ends the process that used the disk; where the power fails, too, what was not forced is lost as the dice fall.
    func crash(losingPower: Bool, _ dice: inout Dice) {
        state.withLock { state in
            state.isDead = false
            state.operationsLeft = nil
            state.failures = 0
            if losingPower { Self.losePower(&state, &dice) }
        }
    }

    private static func losePower(_ state: inout State, _ dice: inout Dice) {
        for change in state.changes {
            guard dice.happens(0.5) else {
                state.counts[.lostName, default: 0] += 1
                continue
            }
            state.durableNames[change.path] = change.file
        }
        state.changes = []
        state.names = state.durableNames
        for file in state.files.keys.sorted() { tear(&state, file, &dice) }
    }

    private static func tear(_ state: inout State, _ file: Int, _ dice: inout Dice) {
        guard let old = state.files[file], old.bytes != old.durable else { return }
        var bytes = old.durable
        if dice.happens(0.7) {
            // What was forced and not written since stays as it is.
            let forced = zip(old.bytes, old.durable).prefix { $0 == $1 }.count
            bytes = Array(old.bytes.prefix(Int.random(in: forced...old.bytes.count, using: &dice)))
            state.counts[.tornWrite, default: 0] += 1
        }
        state.files[file] = File(bytes: bytes, durable: bytes)
    }

    // MARK: - Calls

    func names(in directory: String) throws(FileError) -> [String] {
        try call("list \(directory)") { state in
            state.names.keys.filter {
                $0.hasPrefix(directory + "/") && !$0.dropFirst(directory.count + 1).contains("/")
            }
            .map { String($0.dropFirst(directory.count + 1)) }.sorted()
        }
    }

    func read(_ path: String) throws(FileError) -> [UInt8] {
        let bytes = try call("open \(path)") { state in state.names[path].flatMap { state.files[$0]?.bytes } }
        guard let bytes else { throw FileError("open \(path)", code: ENOENT) }
        return bytes
    }

    /// Two operations: the name, the bytes.
    func create(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let file = try change("create \(path)") { state in
            defer { state.next += 1 }
            state.files[state.next] = File(bytes: [])
            Self.link(path, state.next, &state)
            return state.next
        }
        try change("write \(path)") { $0.files[file]?.bytes = bytes }
    }

    func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
        try change("write \(path)") { state in
            guard let file = state.names[path], let old = state.files[file]?.bytes else { return }
            state.files[file]?.bytes = Array(old.prefix(offset)) + bytes
        }
    }

    func synchronize(file path: String) throws(FileError) {
        let file = try call("open \(path)") { $0.names[path] }
        guard let file else { throw FileError("open \(path)", code: ENOENT) }
        try synchronize(file, "force \(path) to the disk")
    }

    private func synchronize(_ file: Int, _ operation: String) throws(FileError) {
        try change(operation) { state in
            if !state.forgetsFileSync, let bytes = state.files[file]?.bytes { state.files[file]?.durable = bytes }
        }
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try change("rename \(path)") { state in
            guard let file = state.names[path] else { return }
            if state.dropped == newPath { return Self.unlink(path, &state) }
            Self.unlink(path, &state)
            Self.link(newPath, file, &state)
        }
    }

    func synchronize(directory: String) throws(FileError) {
        try change("force \(directory) to the disk") { state in
            if state.forgetsDirectorySync { return }
            func isInside(_ change: Change) -> Bool {
                change.path.hasPrefix(directory + "/") && !change.path.dropFirst(directory.count + 1).contains("/")
            }
            for change in state.changes where isInside(change) { state.durableNames[change.path] = change.file }
            state.changes.removeAll(where: isInside)
        }
    }

    func remove(_ path: String) throws(FileError) {
        let isThere = try call("remove \(path)") { state in
            defer { Self.unlink(path, &state) }
            return state.names[path] != nil
        }
        if !isThere { throw FileError("remove \(path)", code: ENOENT) }
    }

    /// Directories are always there.
    func createDirectory(_ path: String) throws(FileError) {}

    /// Its file is what a run's directory is known by; the real one is forced to the disk before anything else is written there.
    func lock(_ directory: String) -> any Sendable {
        state.withLock { state in
            let path = directory + "/lock"
            guard state.names[path] == nil else { return }
            let file = state.next
            state.next += 1
            state.files[file] = File(bytes: [], durable: [])
            state.names[path] = file
            state.durableNames[path] = file
        }
        return directory
    }

    private static func link(_ path: String, _ file: Int, _ state: inout State) {
        state.names[path] = file
        state.changes.append(Change(path: path, file: file))
    }

    private static func unlink(_ path: String, _ state: inout State) {
        guard state.names.removeValue(forKey: path) != nil else { return }
        state.changes.append(Change(path: path, file: nil))
    }

    /// A call that needs no space.
    private func call<Result>(_ operation: String, _ body: (inout State) -> Result) throws(FileError) -> Result {
        try state.withLock { state throws(FileError) in
            try Self.spendOperation(operation, &state)
            return body(&state)
        }
    }

    /// A call that writes.
    private func change<Result>(_ operation: String, _ body: (inout State) -> Result) throws(FileError) -> Result {
        try state.withLock { state throws(FileError) in
            try Self.spendOperation(operation, &state)
            if state.isFull {
                state.counts[.fullDisk, default: 0] += 1
                throw FileError(operation, code: ENOSPC)
            }
            if state.failures > 0 {
                state.failures -= 1
                state.counts[.failingWrite, default: 0] += 1
                throw FileError(operation, code: EIO)
            }
            return body(&state)
        }
    }

    private static func spendOperation(_ operation: String, _ state: inout State) throws(FileError) {
        if let left = state.operationsLeft {
            state.operationsLeft = left - 1
            if left == 0 {
                state.isDead = true
                state.counts[.deathInWrite, default: 0] += 1
            }
        }
        if state.isDead { throw FileError(operation, code: EIO) }
    }
}

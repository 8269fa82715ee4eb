import Dispatch
import Files
import Synchronization

/// Where a coordinator shows how it is doing, and where those look who want to know: a file, the control link, a page of metrics.
///
/// The coordinator's thread hands a status over and goes on; a queue makes JSON of it and writes the file, and skips one where the disk is slow.
public final class Lookout: Sendable {
    private struct State {
        var latest: ClusterStatus?
        var shown: ContinuousClock.Instant?
        var encoded: [UInt8] = []
        var isWriting = false
        /// The file; nil where none is written.
        var path: String?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "lookout")

    public init() {}

    /// What was shown last, and how long ago; nil before anything was.
    public var latest: (status: ClusterStatus, age: Duration)? {
        state.withLock { state in
            guard let latest = state.latest, let shown = state.shown else { return nil }
            return (latest, .now - shown)
        }
    }

    /// The same as JSON; empty before anything was shown.
    var encoded: [UInt8] { state.withLock(\.encoded) }

    /// The file in a run's directory.
    static func path(in directory: String) -> String { directory + "/status.json" }

    /// Writes a file from now on; the caller holds the directory's lock.
    func write(into directory: String) { state.withLock { $0.path = Self.path(in: directory) } }

    /// Takes a status; it takes no longer than a copy.
    func show(_ status: ClusterStatus) {
        let isFree = state.withLock { state in
            (state.latest, state.shown) = (status, .now)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isFree { queue.async { self.write(status) } }
    }

    private func write(_ status: ClusterStatus) {
        // Where the disk is full or gone, the next one is tried again.
        let bytes = (try? status.encoded()) ?? []
        let path = state.withLock { state in
            state.encoded = bytes
            return state.path
        }
        if let path { try? PosixFileSystem().replace(path, bytes) }
        state.withLock { $0.isWriting = false }
    }

    /// Takes the file back, after what is being written.
    func finish() {
        queue.sync {
            guard let path = state.withLock({ $0.path.take() }) else { return }
            try? PosixFileSystem().remove(path)
        }
    }

    /// What a coordinator that runs in `directory` wrote last; nil where there is nothing.
    ///
    /// - Throws: `UnreadableStatus`.
    public static func status(in directory: String) throws(UnreadableStatus) -> ClusterStatus? {
        guard let bytes = try? PosixFileSystem().read(path(in: directory)) else { return nil }
        return try ClusterStatus(encoded: bytes)
    }
}

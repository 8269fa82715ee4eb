import Dispatch
import Glibc
import Synchronization

/// The temporary files and folders of this process that are not finished.
public enum UnfinishedFiles {
    private static let paths = Mutex<Set<String>>([])

    static func add(_ path: String) { _ = paths.withLock { $0.insert(path) } }

    static func forget(_ path: String) { _ = paths.withLock { $0.remove(path) } }

    /// From the first call on, whatever asks to end (`Signals.requests`) removes these files and ends this process; for a command that has
    /// nothing else to do then.
    public static func removeWhenInterrupted() { _ = removal }

    private static let removal: Void = {
        for (_, number) in Signals.requests where !Signals.isIgnored(number) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The source ends when nobody holds it, so its handler does.
            source.setEventHandler { withExtendedLifetime(source) { end(by: number) } }
            source.activate()
        }
    }()

    /// Ends the process with the status that a shell gives to one that a signal ended. (The signal itself may be blocked in all threads.)
    private static func end(by number: Int32) {
        for path in paths.withLock({ $0 }) { PosixFileSystem().removeAll(path) }
        _exit(128 + number)
    }
}

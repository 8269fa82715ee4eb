import Dispatch
import Glibc

/// Removes a file where SIGINT (Ctrl-C), SIGTERM or SIGHUP ends this process, as long as this object lives.
final class EndingSignals {
    private var sources: [any DispatchSourceSignal] = []

    init(removing path: String) {
        for number in [SIGINT, SIGTERM, SIGHUP] where !Signals.isIgnored(number) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { Self.end(by: number, removing: path) }
            source.activate()
            sources.append(source)
        }
    }

    deinit {
        for source in sources {
            source.cancel()
            signal(Int32(source.handle), SIG_DFL)
        }
    }

    /// Ends the process with the status that a shell gives to one that a signal ended. (The signal itself may be blocked in all threads.)
    private static func end(by number: Int32, removing path: String) {
        try? PosixFileSystem().remove(path)
        _exit(128 + number)
    }
}

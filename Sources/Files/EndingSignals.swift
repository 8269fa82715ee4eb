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

    /// Ends the process as the signal would have.
    private static func end(by number: Int32, removing path: String) {
        try? PosixFileSystem().remove(path)
        signal(number, SIG_DFL)
        kill(getpid(), number)
    }
}

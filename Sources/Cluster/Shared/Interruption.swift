import Dispatch
import Files
import Foundation
import Synchronization

/// A request to end early: from Ctrl-C, from `kill`, or from whoever runs a process as part of something larger.
public final class Interruption: Sendable {
    private struct State {
        var reason: String?
        var listeners: [@Sendable (String) -> Void] = []
    }

    private let state = Mutex(State())

    /// An interruption that comes when it is asked for.
    public init() {}

    /// Asks to end. Only the first reason counts.
    public func request(_ reason: String) {
        let listeners = state.withLock { state -> [@Sendable (String) -> Void] in
            guard state.reason == nil else { return [] }
            state.reason = reason
            return state.listeners
        }
        for listener in listeners { listener(reason) }
    }

    /// Calls `listener` when it comes, on any thread, or at once where it came already.
    public func listen(_ listener: @escaping @Sendable (String) -> Void) {
        let reason = state.withLock { state in
            state.listeners.append(listener)
            return state.reason
        }
        if let reason { listener(reason) }
    }

    /// Why it came, if it did.
    public var reason: String? { state.withLock { $0.reason } }

    /// Comes when the standard input closes, as a pipe does when the process at its other end ends, however that happens.
    public func comesWithEndOfInput(_ reason: String) {
        let thread = Thread { [self] in
            while Self.hasMoreInput() {}
            request(reason)
        }
        thread.start()
    }

    /// Waits for input; one that a signal interrupted goes on. (`availableData` would end the process there.)
    private static func hasMoreInput() -> Bool {
        do {
            return try FileHandle.standardInput.read(upToCount: 1)?.isEmpty == false
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            return cause?.domain == NSPOSIXErrorDomain && cause?.code == Int(EINTR)
        }
    }

    /// The one that `Signals.requests` bring, with the signal's name as its reason. From the first call on, those signals do nothing else.
    /// One that whoever started the process had it ignore, as `nohup` does with SIGHUP, does nothing at all. (But shells start what is to
    /// run in the background with SIGINT ignored, and `kill -INT` should end that, too.)
    public static let signals: Interruption = {
        let interruption = Interruption()
        // Ctrl-C also ends a `tee` behind a pipe; writing into that must not end this process before it has saved.
        signal(SIGPIPE, SIG_IGN)
        for (name, number) in Signals.requests
        where [SIGINT, SIGTERM].contains(number) || !Signals.isIgnored(number) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The source ends when nobody holds it, so its handler does.
            source.setEventHandler { withExtendedLifetime(source) { interruption.request(name) } }
            source.activate()
        }
        return interruption
    }()
}

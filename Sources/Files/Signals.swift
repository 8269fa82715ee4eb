import Glibc

/// What the process that started this one wants of signals.
public enum Signals {
    /// Whether a signal is ignored, as `nohup` has it of SIGHUP.
    ///
    /// The C function is `sigaction`.
    public static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

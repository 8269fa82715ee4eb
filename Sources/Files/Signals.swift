import Glibc

/// What other processes want of this one.
public enum Signals {
    /// The signals that ask to end, and would end the process at once: from Ctrl-C, from `kill`, from a terminal that is closed, from a
    /// batch system whose time is nearly up (Slurm sends what it is told to, often SIGUSR1), from a timer, and from a limit on processor time.
    public static let requests: KeyValuePairs<String, Int32> = [
        "SIGINT": SIGINT, "SIGTERM": SIGTERM, "SIGHUP": SIGHUP, "SIGUSR1": SIGUSR1, "SIGUSR2": SIGUSR2,
        "SIGALRM": SIGALRM, "SIGXCPU": SIGXCPU,
    ]

    /// What a shell expects a process to end with that such a signal ended: 128 and its number. Nil for another name.
    public static func exitCode(_ name: String) -> Int32? {
        requests.first { $0.key == name }.map { 128 + $0.value }
    }

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

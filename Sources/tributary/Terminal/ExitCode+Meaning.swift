import ArgumentParser
import Files

/// What this program ends with, besides 0, 1 for an error that a sentence tells, and the parser's 64 for wrong usage. `docs/failures.md` has
/// all codes.
extension ExitCode {
    /// A worker that does not suit its run, so that starting it again would be in vain. (`EX_NOPERM` of `sysexits.h`)
    static let refused = ExitCode(77)

    /// What a shell expects of an interrupted program.
    init(interruptedBy reason: String) {
        self.init(Signals.exitCode(reason) ?? 1)
    }

    /// For the help of whatever trains.
    static let ofRuns = """
        Exit codes: 0 when all steps are done, 1 after an error, 64 when it is used wrongly, 128 + n when signal n ended it and \
        everything is saved: \(signals).
        """

    /// For a worker's help.
    static let ofWorkers = """
        Exit codes: 0 when the run is done; 1 after an error, or when no coordinator came within --wait; 64 when it is used \
        wrongly; 77 when it does not suit the run (its key, version, processor or memory) and need not be started again; \
        128 + n when signal n ended it: \(signals).
        """

    private static let signals = Signals.requests.map { "\(128 + $0.value) for \($0.key)" }.joined(separator: ", ")
}

/// Something worth a line in the log. The wording is stable: scripts and tests look for it.
public enum Notice: Sendable, Equatable, CustomStringConvertible {
    /// How much it matters.
    public enum Level: Sendable {
        case debug
        case info
        case warning
        case error
    }

    case joined(name: String, host: String, process: Int, threads: Int, workers: Int)
    case gone(name: String, reason: String, workers: Int)
    case refused(name: String, reason: String)
    case moved(Round, node: Int, from: String, to: String, reason: String)
    case waiting(seconds: Int)
    case idle(names: [String], shards: Int)
    case lateResultAgrees(Round, node: Int, from: String)
    case lateResultDiffers(Round, node: Int, from: String)
    case dropped(String)
    case finished(RoundReport)
    case connected(String)
    case searching(String)

    public var level: Level {
        switch self {
        case .finished: .debug
        case .joined, .idle, .lateResultAgrees, .connected, .waiting(seconds: 0): .info
        case .gone, .refused, .moved, .waiting, .dropped, .searching: .warning
        case .lateResultDiffers: .error
        }
    }

    public var description: String {
        switch self {
        case .joined(let name, let host, let process, let threads, let workers):
            "\(name) joined (process \(process) on \(host), threads: \(threads); workers: \(workers))"
        case .gone(let name, let reason, let workers):
            "\(name) is gone (\(reason); workers: \(workers))"
        case .refused(let name, let reason):
            "refused \(name): \(reason)"
        case .moved(let round, let node, let from, let to, let reason):
            "\(round): node \(node) moved from \(from) to \(to) (\(reason))"
        case .waiting(let seconds):
            seconds == 0
                ? "waiting for workers: none is connected"
                : "waiting for workers: none has been connected for \(seconds) s; start one with tributary worker"
        case .idle(let names, let shards):
            "\(names.joined(separator: ", ")) idle: \(shards) shards do not keep more threads busy"
        case .lateResultAgrees(let round, let node, let from):
            "\(round): the late result of \(from) for node \(node) agrees with the committed one"
        case .lateResultDiffers(let round, let node, let from):
            "\(round): MISMATCH: the result of \(from) for node \(node) differs from the committed one; "
                + "one of the two machines computes wrongly"
        case .dropped(let what):
            "dropped \(what)"
        case .finished(let report):
            report.description
        case .connected(let sentence), .searching(let sentence):
            sentence
        }
    }

    /// Keeps what may stand in a log line: no control characters, and not too much.
    static func printable(_ text: String) -> String {
        String(text.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) }.prefix(64).map(Character.init))
    }
}

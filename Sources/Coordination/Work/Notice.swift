/// Something worth a line in the log. The wording is stable: scripts and tests look for it.
public enum Notice: Sendable, Equatable, CustomStringConvertible {
    /// How much it matters.
    public enum Level: Sendable {
        case debug
        case info
        case warning
        case error
    }

    /// What somebody who was welcomed still lacks.
    public enum Lack: Sendable {
        /// It has not said that it can compute the run's bits.
        case probe
        /// Nothing has come over its bulk link.
        case bulkLink
    }

    case joined(name: String, host: String, process: Int, threads: Int, workers: Int)
    /// Was welcomed so long ago and is no member yet.
    case outside(name: String, host: String, lacks: Lack, seconds: Int)
    case gone(name: String, reason: String, workers: Int)
    case refused(name: String, reason: String)
    case moved(Round, node: Int, from: String, to: String, reason: String)
    case waiting(seconds: Int)
    case idle(names: [String], shards: Int)
    case resultAgrees(Round, node: Int, from: String, isCheck: Bool)
    case resultsDiffer(Round, node: Int, names: [String])
    case undecided(seconds: Int, Round, node: Int, names: [String])
    case decided(Round, node: Int, committedIsRight: Bool)
    case suspected(Round, node: Int, names: [String])
    case quarantined(String)
    case unaudited(Round, node: Int)
    /// A round whose sum workers added is computed again by others.
    case computedAgain(Round)
    /// A sum that these workers computed, added and passed on is not the one that others compute.
    case addedWrongly(Round, names: [String])
    /// At a run's end: how much of the work that was to be computed twice was.
    case audits(Int, of: Int)
    /// Sums are added by these workers from now on, group by group; by the coordinator where there are none.
    case scattered([[String]])
    /// A round's sums are added by others than was said, and why.
    case dutiesAbandoned(Round, reason: String)
    /// Others cannot connect to a worker, which does nothing for them.
    case unreached(name: String, address: String, others: [String])
    case dropped(String)
    case finished(RoundReport)
    case connected(String)
    case searching(String)
    /// A worker's memory is short.
    case crowded(String)

    public var level: Level {
        switch self {
        case .finished, .computedAgain, .resultAgrees(_, _, _, isCheck: true): .debug
        case .audits(let done, of: let chosen) where done > 0 && done == chosen: .info
        case .joined, .idle, .resultAgrees, .connected, .scattered, .waiting(seconds: 0): .info
        case .outside, .gone, .refused, .moved, .waiting, .dropped, .searching, .crowded, .unaudited, .decided, .audits,
            .dutiesAbandoned, .unreached:
            .warning
        case .resultsDiffer, .undecided, .suspected, .quarantined, .addedWrongly: .error
        }
    }

    public var description: String {
        switch self {
        case .joined(let name, let host, let process, let threads, let workers):
            "\(name) joined (process \(process) on \(host), threads: \(threads); workers: \(workers))"
        case .outside(let name, let host, .probe, let seconds):
            "\(name) on \(host) was welcomed \(seconds) s ago and still prepares: it has not sent its probe yet"
        case .outside(let name, let host, .bulkLink, let seconds):
            "\(name) on \(host) was welcomed \(seconds) s ago and is ready, but nothing has come over its bulk link: check that it can "
                + "reach the second port, which is one higher than the first"
        case .gone(let name, let reason, let workers):
            "\(name) is gone (\(reason); workers: \(workers))"
        case .refused(let name, let reason):
            "refused \(name): \(reason)"
        case .moved(let round, let node, let from, let to, let reason):
            from == to
                ? "\(round): node \(node) leased to \(to) once more (\(reason))"
                : "\(round): node \(node) moved from \(from) to \(to) (\(reason))"
        case .waiting(let seconds):
            seconds == 0
                ? "waiting for workers: none is connected"
                : "waiting for workers: none has been connected for \(seconds) s; start one with tributary worker"
        case .idle(let names, let shards):
            "\(names.joined(separator: ", ")) idle: \(shards) shards do not keep more threads busy"
        case .resultAgrees(let round, let node, let from, let isCheck):
            "\(round): the \(isCheck ? "second" : "late") result of \(from) for node \(node) agrees with the committed one"
        case .resultsDiffer(let round, let node, let names):
            "\(round): MISMATCH: \(names.joined(separator: ", ")) computed different sums of node \(node); "
                + "one of their machines computes wrongly, and another worker will decide"
        case .undecided(let seconds, let round, let node, let names):
            "\(round): waiting\(seconds == 0 ? "" : " for \(seconds) s") for a worker other than "
                + "\(names.joined(separator: ", ")) to compute node \(node) and decide; start one with tributary worker"
        case .decided(let round, let node, let committedIsRight):
            "\(round): the sum of node \(node) that was used is \(committedIsRight ? "right" : "wrong")"
        case .suspected(let round, let node, let names):
            "\(round): the sum of node \(node) was wrong; \(names.joined(separator: ", ")) computed parts of it, and it is not "
                + "known whose part was wrong"
        case .quarantined(let sentence):
            sentence
        case .computedAgain(let round):
            "\(round): computed again by others, as an audit of all that computed, added or passed on"
        case .addedWrongly(let round, let names):
            "\(round): MISMATCH: the sum that \(names.joined(separator: ", ")) computed and added is not what others compute; one of them computes, "
                + "adds or passes on wrongly, and the coordinator adds all sums from now on"
        case .unaudited(let round, let node):
            "\(round): node \(node) is not checked, since there is no second worker that could compute it, too"
        case .audits(_, 0):
            "--audit checked nothing: it chose no work in the steps of this run; ask for a larger share"
        case .audits(0, let wanted):
            "--audit checked nothing: there was no second worker to compute any of the \(wanted) nodes that were chosen; start another"
        case .audits(let done, let wanted) where done == wanted:
            "--audit checked all \(done) nodes that were chosen"
        case .audits(let done, let wanted):
            "--audit checked \(done) of the \(wanted) nodes that were chosen; for the others there was no second worker"
        case .scattered([]):
            "all gradients and parameters go through the coordinator now"
        case .scattered(let groups):
            "\(Self.list(groups.flatMap { $0 })) add the gradients and pass on the parameters, each a part"
                + (groups.count > 1 ? ", in \(groups.count) groups" : "")
                + (groups.count > 1 && groups.joined().count <= 8
                    ? ": " + groups.map { $0.joined(separator: " + ") }.joined(separator: ", ") : "")
        case .dutiesAbandoned(let round, let reason):
            "\(round): \(reason); sums are delivered once more, to others"
        case .unreached(let name, let address, let others):
            "\(others.joined(separator: ", ")) cannot reach \(name) at \(address), so that its gradients and parameters go through the "
                + "coordinator: open that port there (worker --peer-port), or say where others reach it (worker --advertise)"
        case .dropped(let what):
            "ignored \(what)"
        case .finished(let report):
            report.description
        case .connected(let sentence), .searching(let sentence), .crowded(let sentence):
            sentence
        }
    }

    /// Names for a sentence: the first ones, and how many others there are.
    private static func list(_ names: [String]) -> String {
        let rest = names.count - 8
        return rest > 1
            ? "\(names.prefix(8).joined(separator: ", ")) and \(rest) others" : names.joined(separator: ", ")
    }

    /// Keeps what may stand in a log line: no control characters, and not too much.
    static func printable(_ text: String, limit: Int = 64) -> String {
        String(text.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) }.prefix(limit).map(Character.init))
    }
}

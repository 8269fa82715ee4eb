import Coordination
import Logging

extension Notice {
    /// What the notice is about, for logs that programs read: `worker`, `host`, `step` (from 1), `node` and the like.
    var fields: Logger.Metadata {
        switch self {
        case .joined(let name, let host, let process, let threads, let workers):
            ["worker": "\(name)", "host": "\(host)"].adding("process", process).adding("threads", threads)
                .adding("workers", workers)
        case .outside(let name, let host, _, let seconds):
            ["worker": "\(name)", "host": "\(host)"].adding("seconds", seconds)
        case .gone(let name, let reason, let workers):
            ["worker": "\(name)", "reason": "\(reason)"].adding("workers", workers)
        case .refused(let name, let reason): ["worker": "\(name)", "reason": "\(reason)"]
        case .moved(let round, let node, let from, let to, let reason):
            ["worker": "\(from)", "to": "\(to)", "reason": "\(reason)"].adding(round, node)
        case .waiting(let seconds): Logger.Metadata().adding("seconds", seconds)
        case .resultAgrees(let round, let node, let from, _): ["worker": "\(from)"].adding(round, node)
        case .resultsDiffer(let round, let node, let names), .suspected(let round, let node, let names),
            .undecided(_, let round, let node, let names):
            ["names": .array(names.map { "\($0)" })].adding(round, node)
        case .addedWrongly(let round, let names):
            ["names": .array(names.map { "\($0)" })].adding(round, nil)
        case .decided(let round, let node, _), .unaudited(let round, let node):
            Logger.Metadata().adding(round, node)
        case .scattered(let groups):
            ["names": .array(groups.joined().map { "\($0)" })].adding("groups", groups.count)
        case .unreached(let name, let address, _): ["worker": "\(name)", "address": "\(address)"]
        case .computedAgain(let round): Logger.Metadata().adding(round, nil)
        case .dutiesAbandoned(let round, let reason): ["reason": "\(reason)"].adding(round, nil)
        case .finished(let report): Logger.Metadata().adding(report.round, nil)
        case .idle, .quarantined, .audits, .dropped, .connected, .searching, .crowded: [:]
        }
    }
}

extension Logger.Metadata {
    fileprivate func adding(_ key: String, _ value: Int) -> Self {
        merging([key: .stringConvertible(value)]) { $1 }
    }

    fileprivate func adding(_ round: Round, _ node: Int?) -> Self {
        let step = adding("step", round.kind == .training ? round.step + 1 : round.step)
        return node.map { step.adding("node", $0) } ?? step
    }
}

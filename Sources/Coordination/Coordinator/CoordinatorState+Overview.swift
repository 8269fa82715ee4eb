import Contract

/// What an onlooker sees of the members and of the round under way. Nothing is decided by it.
extension CoordinatorState {
    /// A worker, at one moment.
    public struct WorkerOverview: Sendable, Equatable {
        /// What it is about.
        public enum Activity: String, Sendable, CaseIterable {
            /// It is not accepted yet.
            case preparing
            /// Sums of the round are expected of it.
            case computing
            /// Nothing is expected of it in this round any more.
            case waiting
            /// A lease of it has run out, or it rests since.
            case late
        }

        public let peer: Peer
        public let name: String
        public let host: String
        public let process: Int
        public let threads: Int
        public let activity: Activity
        /// How many microbatches it computes in a second, as it says itself; nil where it has finished none.
        public let microbatchesPerSecond: Double?
        /// The nodes that are expected of it, ascending.
        public let nodes: [Int]
        /// How long ago it got the oldest of them.
        public let waited: Duration?
        /// Bytes on their way to it that it has not said it took.
        public let bytesUnderWay: Int
    }

    /// The round under way, until its sum is handed over.
    public var roundUnderWay: Round? { current.flatMap { $0.isFinished ? nil : $0.round } }

    /// The share of the round under way whose sums are here, from 0 to 1.
    public var committedShare: Double {
        guard let current else { return 0 }
        let leaves = current.committed.nodes.reduce(0) { $0 + tree.shards(under: $1).count }
        return Double(leaves) / Double(tree.leaves)
    }

    /// All members at a moment, in the order of their names.
    public func workers(at now: Duration) -> [WorkerOverview] {
        let leases = current.map { $0.leases.values.filter { $0.state == .live || $0.state == .moved } } ?? []
        let held = Dictionary(grouping: leases, by: \.peer)
        return members.values.map { overview(of: $0, holding: held[$0.peer] ?? [], at: now) }.sorted {
            $0.name < $1.name
        }
    }

    private func overview(of member: Member, holding leases: [LeaseRecord], at now: Duration) -> WorkerOverview {
        let activity: WorkerOverview.Activity =
            if member.standing != .active {
                .preparing
            } else if !member.punctuality.isGood(at: now) {
                .late
            } else {
                leases.isEmpty ? .waiting : .computing
            }
        return WorkerOverview(
            peer: member.peer, name: member.name, host: member.host, process: member.process,
            threads: member.threads, activity: activity, microbatchesPerSecond: member.speeds[.training],
            nodes: leases.map(\.node).sorted(), waited: leases.map(\.issued).min().map { now - $0 },
            bytesUnderWay: member.window.outstanding)
    }

    /// Whose work of the current round a committed sum is: of how many shards each.
    public func authors(ofLease identifier: UInt64) -> [(peer: Peer, shards: Int, kind: Round.Kind)] {
        guard let current else { return [] }
        let leases =
            identifier == current.scatter?.lease
            ? current.leases.values.filter { $0.state == .live || $0.state == .delivered }
            : [current.leases[identifier]].compactMap(\.self)
        return leases.map { ($0.peer, tree.shards(under: $0.node).count, current.round.kind) }
    }
}

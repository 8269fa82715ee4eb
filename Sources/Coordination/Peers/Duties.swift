import Contract

/// Who adds which pieces of a round's sums, and who passes on which pieces of its parameters.
///
/// Sums and parameters travel in chunks. Chunk c belongs to holder c mod n: workers send it their sums of that chunk, it adds them along the
/// tree and sends the root's to the coordinator (a reduce-scatter); and it gets that chunk of the next parameters from the coordinator and sends
/// it to the other holders (an all-gather). Neighbouring chunks have different holders, since backward finishes neighbours one after the other: so
/// all links are busy all the time.
///
/// Holders may form k groups, one for each node of a level of the tree, in the order of the shards: the workers of a host, so that they add their
/// sums before anything leaves it; or, where holders are more than chunks and some would get a chunk of every worker's and others nothing, about
/// √n. Below its node a group scatters among its own members, and each hands its chunks of the node's sum to their holders, chunk c to one of
/// group c mod k. So a host, or a group, sends and is sent about one gradient, however many its members are. Parameters go the same way back, to
/// one member of each group and from there to the others.
///
/// Whoever adds, it is left + right, element by element: no bit depends on duties.
public struct Duties: Sendable, Equatable {
    /// Later duties have higher numbers. 0 stands for the star, in which the coordinator does everything itself.
    public let number: UInt64
    /// The holders' identities by group: k groups, a power of two; one group is a plain scatter.
    public let groups: [[[UInt8]]]
    /// All holders, group by group.
    public let holders: [[UInt8]]

    public static let star: UInt64 = 0

    public init(number: UInt64, groups: [[[UInt8]]]) {
        precondition(Self.arePossible(groups), "such groups cannot be: \(groups)")
        self.number = number
        self.groups = groups
        holders = groups.flatMap { $0 }
    }

    /// Duties of a plain scatter.
    public init(number: UInt64, holders: [[UInt8]]) {
        self.init(number: number, groups: [holders])
    }

    fileprivate static func arePossible(_ groups: [[[UInt8]]]) -> Bool {
        !groups.isEmpty && groups.count & (groups.count - 1) == 0 && groups.allSatisfy { !$0.isEmpty }
    }

    /// The holder of a chunk, which has the root's. The groups have chunks in turn: so links of hosts carry as much as each other's, also where
    /// chunks are fewer than workers.
    func holder(ofChunk chunk: Int) -> [UInt8] { member(of: chunk % groups.count, forChunk: chunk) }

    /// The chunks of `count` that a holder has.
    func chunks(of holder: [UInt8], among count: Int) -> [Int] {
        (0..<count).filter { self.holder(ofChunk: $0) == holder }
    }

    // MARK: - Groups

    /// The member of a group that has a chunk there.
    private func member(of group: Int, forChunk chunk: Int) -> [UInt8] {
        groups[group][chunk / groups.count % groups[group].count]
    }

    /// Whether a node's sum is what a group adds: from there on it belongs to the holders of its chunks.
    func isOfGroup(_ node: Int) -> Bool { groups.count > 1 && (groups.count..<2 * groups.count).contains(node) }

    /// Who is sent a chunk of a node's sum, to add it.
    func adder(ofChunk chunk: Int, of node: Int) -> [UInt8] {
        guard groups.count > 1, node >= 2 * groups.count else { return holder(ofChunk: chunk) }
        let root = sequence(first: node) { $0 / 2 }.first { $0 < 2 * groups.count } ?? ReductionTree.root
        return member(of: root - groups.count, forChunk: chunk)
    }

    /// Whom a worker sends a chunk of parameters to that it was sent.
    func receivers(ofChunk chunk: Int, from own: [UInt8]) -> [[UInt8]] {
        guard let home = groups.firstIndex(where: { $0.contains(own) }) else { return [] }
        let holder = holder(ofChunk: chunk)
        let others = groups[home].filter { $0 != own && $0 != holder }
        if own == holder {
            return others + groups.indices.filter { $0 != home }.map { member(of: $0, forChunk: chunk) }
        }
        return own == member(of: home, forChunk: chunk) && !groups[home].contains(holder) ? others : []
    }
}

/// How a run's sums meet and its parameters spread.
public enum Reduction: String, Sendable, CaseIterable {
    /// Workers on several hosts hold duties, those of one host and many in groups; on one host everything goes through the coordinator.
    case auto
    /// Everything goes through the coordinator.
    case star
    /// Two workers and more hold duties wherever they are, all in one group.
    case scatter
    /// The same in groups, few workers as well.
    case groups
}

extension WireFields {
    mutating func write(_ duties: Duties) {
        writer.write(duties.number)
        write(count: duties.groups.count)
        for group in duties.groups { write(identities: group) }
    }

    mutating func readDuties() throws(WireError) -> Duties {
        let (number, count) = (try reader.read(UInt64.self), try readCount())
        guard count <= CoordinatorState.memberLimit else { throw .invalid("duties (\(count) groups)") }
        var groups: [[[UInt8]]] = []
        var holders: Set<[UInt8]> = []
        for _ in 0..<count {
            let group = try readIdentities()
            guard group.allSatisfy({ !$0.isEmpty && holders.insert($0).inserted }) else { throw .invalid("duties") }
            guard holders.count <= CoordinatorState.memberLimit else { throw .invalid("duties of too many") }
            groups.append(group)
        }
        guard number != Duties.star, Duties.arePossible(groups) else { throw .invalid("duties") }
        return Duties(number: number, groups: groups)
    }
}

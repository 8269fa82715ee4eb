import Contract

/// Who adds which pieces of a round's sums, and who passes on which pieces of its parameters.
///
/// Sums and parameters travel in chunks. Chunk c belongs to holder c mod n: workers send it their sums of that chunk, it adds them along the
/// tree and sends the root's to the coordinator (a reduce-scatter); and it gets that chunk of the next parameters from the coordinator and sends
/// it to the other holders (an all-gather). Neighbouring chunks have different holders, since backward finishes neighbours one after the other: so
/// all links are busy all the time.
///
/// Where holders are more than chunks, that would give some of them a chunk of every worker's, and others nothing. So many of them form k groups,
/// one for each node of a level of the tree, in the order of the shards. Below its node a group scatters among its own s members, and each hands
/// its chunks of the node's sum to their holders: everybody is sent about a gradient by its group, and the holders k chunks. Parameters
/// go the same way back, to one member of each group and from there to the others.
///
/// Whoever adds, it is left + right, element by element: no bit depends on duties.
public struct Duties: Sendable, Equatable {
    /// Later duties have higher numbers. 0 stands for the star, in which the coordinator does everything itself.
    public var number: UInt64
    /// The holders' identities.
    public var holders: [[UInt8]]
    /// k, a power of two and at most as many as there are holders; 1 for a plain scatter.
    public var groups: Int

    public static let star: UInt64 = 0

    public init(number: UInt64, holders: [[UInt8]], groups: Int = 1) {
        precondition(
            Self.isPossible(groups, of: holders.count), "\(holders.count) holders cannot form \(groups) groups")
        self.number = number
        self.holders = holders
        self.groups = groups
    }

    fileprivate static func isPossible(_ groups: Int, of holders: Int) -> Bool {
        groups == 1 || groups > 1 && groups <= holders && groups & (groups - 1) == 0
    }

    /// The holder of a chunk, which has the root's.
    func holder(ofChunk chunk: Int) -> [UInt8] { holders[chunk % holders.count] }

    /// The chunks of `count` that a holder has.
    func chunks(of holder: [UInt8], among count: Int) -> [Int] {
        guard let index = holders.firstIndex(of: holder) else { return [] }
        return Array(stride(from: index, to: count, by: holders.count))
    }

    // MARK: - Groups

    /// The members of a group: as many as of the others, or one more.
    private func members(of group: Int) -> ArraySlice<[UInt8]> {
        holders[group * holders.count / groups..<(group + 1) * holders.count / groups]
    }

    /// The member of a group that has a chunk there.
    private func member(of group: Int, forChunk chunk: Int) -> [UInt8] {
        let members = members(of: group)
        return members[members.startIndex + chunk % members.count]
    }

    /// Whether a node's sum is what a group adds: from there on it belongs to the holders of its chunks.
    func isOfGroup(_ node: Int) -> Bool { groups > 1 && (groups..<2 * groups).contains(node) }

    /// Who is sent a chunk of a node's sum, to add it.
    func adder(ofChunk chunk: Int, of node: Int) -> [UInt8] {
        guard groups > 1, node >= 2 * groups else { return holder(ofChunk: chunk) }
        let root = sequence(first: node) { $0 / 2 }.first { $0 < 2 * groups } ?? ReductionTree.root
        return member(of: root - groups, forChunk: chunk)
    }

    /// Whom a worker sends a chunk of parameters to that it was sent.
    func receivers(ofChunk chunk: Int, from own: [UInt8]) -> [[UInt8]] {
        guard let home = (0..<groups).first(where: { members(of: $0).contains(own) }) else { return [] }
        let holder = holder(ofChunk: chunk)
        let others = members(of: home).filter { $0 != own && $0 != holder }
        if own == holder {
            return others + (0..<groups).filter { $0 != home }.map { member(of: $0, forChunk: chunk) }
        }
        return own == member(of: home, forChunk: chunk) && !members(of: home).contains(holder) ? others : []
    }
}

/// How a run's sums meet and its parameters spread.
public enum Reduction: String, Sendable, CaseIterable {
    /// Workers on several hosts hold duties, many in groups; on one host everything goes through the coordinator.
    case auto
    /// Everything goes through the coordinator.
    case star
    /// Two workers and more hold duties wherever they are.
    case scatter
    /// The same in two levels.
    case groups
}

extension WireFields {
    mutating func write(_ duties: Duties) {
        writer.write(duties.number)
        write(count: duties.groups)
        write(identities: duties.holders)
    }

    mutating func readDuties() throws(WireError) -> Duties {
        let (number, groups) = (try reader.read(UInt64.self), try readCount())
        let holders = try readIdentities()
        guard number != Duties.star, !holders.isEmpty, Duties.isPossible(groups, of: holders.count) else {
            throw .invalid("duties")
        }
        return Duties(number: number, holders: holders, groups: groups)
    }
}

/// Who adds which pieces of a round's sums, and who passes on which pieces of its parameters.
///
/// Sums and parameters travel in chunks. Chunk c belongs to holder c mod n: workers send it their sums of that chunk, it adds them along the
/// tree and sends the root's to the coordinator (a reduce-scatter); and it gets that chunk of the next parameters from the coordinator and sends
/// it to the other holders (an all-gather). Neighbouring chunks have different holders, since backward finishes neighbours one after the other: so
/// all links are busy all the time.
///
/// Whoever adds, it is left + right, element by element: no bit depends on duties.
public struct Duties: Sendable, Equatable {
    /// Later duties have higher numbers. 0 stands for the star, in which the coordinator does everything itself.
    public var number: UInt64
    /// The holders' identities.
    public var holders: [[UInt8]]

    public static let star: UInt64 = 0

    public init(number: UInt64, holders: [[UInt8]]) {
        self.number = number
        self.holders = holders
    }

    /// The holder of a chunk.
    func holder(ofChunk chunk: Int) -> [UInt8] { holders[chunk % holders.count] }

    /// The chunks of `count` that a holder has.
    func chunks(of holder: [UInt8], among count: Int) -> [Int] {
        guard let index = holders.firstIndex(of: holder) else { return [] }
        return Array(stride(from: index, to: count, by: holders.count))
    }
}

/// How a run's sums meet and its parameters spread.
public enum Reduction: String, Sendable, CaseIterable {
    /// Workers on several hosts hold duties; on one host everything goes through the coordinator.
    case auto
    /// Everything goes through the coordinator.
    case star
    /// Two workers and more hold duties wherever they are.
    case scatter
}

extension WireFields {
    mutating func write(_ duties: Duties) {
        writer.write(duties.number)
        write(identities: duties.holders)
    }

    mutating func readDuties() throws(WireError) -> Duties {
        let duties = Duties(number: try reader.read(UInt64.self), holders: try readIdentities())
        guard duties.number != Duties.star, !duties.holders.isEmpty else { throw .invalid("duties") }
        return duties
    }
}

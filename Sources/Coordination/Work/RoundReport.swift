/// What a finished round took.
public struct RoundReport: Sendable, Equatable, CustomStringConvertible {
    public let round: Round
    /// Partials that came whole.
    public let partials: Int
    /// Leases given in place of others.
    public let moves: Int
    /// Workers that may have leases.
    public let workers: Int

    /// "step 12: 2 partials from 2 workers".
    public var description: String {
        "\(round): \(partials) partials from \(workers) workers" + (moves > 0 ? ", \(moves) leases moved" : "")
    }
}

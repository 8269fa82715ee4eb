import Coordination

/// How far another host's clock is ahead of this one's, from questions and their answers.
///
/// A question leaves at a, its answer shows the other clock's w, and comes at b: if both ways took as long, the other clock is ahead by
/// w − (a + b) / 2, and at most (b − a) / 2 off that, whatever the ways took. The quickest of the last answers counts, as the others waited somewhere.
///
/// Source: RFC 5905, "Network Time Protocol", sections 8 and 10.
struct HostClock {
    /// How far it is ahead, and how far off that may be.
    struct Estimate: Equatable {
        let ahead: Duration
        let error: Duration
    }

    /// Clocks drift apart, by 0.05 ms a second at worst, so old answers are forgotten.
    private static let most = 16

    private var estimates: [Estimate] = []

    mutating func note(asked: Duration, answered: Duration, heard: Duration) {
        estimates.append(Estimate(ahead: answered - (asked + heard) / 2, error: (heard - asked) / 2))
        if estimates.count > Self.most { estimates.removeFirst() }
    }

    /// The best of the last; nil before any.
    var best: Estimate? { estimates.min { $0.error < $1.error } }
}

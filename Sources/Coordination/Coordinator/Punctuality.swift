/// Whether one worker keeps to its deadlines, and until when it rests where it did not.
///
/// Each lease that runs out holds the round up, so a worker on a bad network must not be given the next one as soon as it has
/// delivered. It rests for as long as it had the lease, and twice as long for each time before on which it was late, too: then what
/// it holds up stays a small share of the time, however long its trouble lasts, and it is back soon after a short one.
struct Punctuality: Sendable, Equatable {
    /// Since when it had the lease that ran out, until it delivers any lease or its overdue ones are given up.
    private(set) var lateSince: Duration?
    private var restsUntil = Duration.zero
    /// How often it was late since it last delivered in time.
    private var delays = 0

    /// Rests double this often at most.
    private static let mostDoublings = 6

    /// Whether it owes nothing, and does not rest.
    func isGood(at now: Duration) -> Bool { lateSince == nil && restsUntil <= now }

    /// A lease that it got at `issued` has run out.
    mutating func miss(leaseOf issued: Duration) {
        guard lateSince == nil else { return }
        lateSince = issued
        delays += 1
    }

    /// It delivered a lease of `issued`, in time or not.
    mutating func deliver(leaseOf issued: Duration, inTime: Bool, at now: Duration) {
        if !inTime { return rest(for: now - issued, at: now) }
        if lateSince == nil { delays = 0 }
        lateSince = nil
    }

    /// Nothing more is expected of leases that have run out.
    mutating func forgive(at now: Duration) {
        if let lateSince { rest(for: now - lateSince, at: now) }
    }

    private mutating func rest(for delay: Duration, at now: Duration) {
        lateSince = nil
        restsUntil = max(restsUntil, now + delay * (1 << min(max(delays - 1, 0), Self.mostDoublings)))
    }
}

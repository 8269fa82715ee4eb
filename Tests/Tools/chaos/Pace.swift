/// How fast steps were committed, and where they stood still.
struct Pace {
    /// Moments at which more steps were committed than before.
    private let commits: [(time: Double, gained: Int)]
    /// Steps that were lost with a coordinator and committed again.
    let repeated: Int

    init(_ seen: [CommitMonitor.Commit]) {
        let changes = zip(seen, seen.dropFirst()).map { (time: $1.time, gained: $1.steps - $0.steps) }
        commits = changes.filter { $0.gained > 0 }
        repeated = changes.reduce(0) { $0 + max(0, -$1.gained) }
    }

    /// Steps that stay, a second of these turns.
    func rate(_ turns: [TimedRun.Turn]) -> Double {
        let gained = commits.reduce(0) { sum, commit in
            turns.contains { commit.time > $0.begin && commit.time <= $0.end } ? sum + commit.gained : sum
        }
        return Double(gained - repeated) / max(turns.reduce(0) { $0 + $1.length }, 1e-9)
    }

    /// The longest time without a commit between two moments, in seconds.
    func longestPause(from begin: Double, to end: Double) -> Double {
        let times = [begin] + commits.map(\.time).filter { $0 > begin && $0 < end } + [end]
        return zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    /// The time from a moment to the next commit, in seconds.
    func nextCommit(after time: Double) -> Double? {
        commits.first { $0.time > time }.map { $0.time - time }
    }
}

/// The middle of some numbers, or nil where there are none.
func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
}

/// A mistake put into the simulated processes, disk or network on purpose, to see that the simulator finds it.
///
/// The decisions under test stay as they are; each mistake sits where it takes effect, in what carries them out.
public enum Sabotage: String, CaseIterable, Sendable {
    /// Partials of an earlier round count for the current one.
    case expiredLeases
    /// Messages of an earlier coordinator count as if they were of this one.
    case noFence
    /// Pieces that two workers sent are put together to one node's sum.
    case mixedSenders
    /// Sums are added up as they come, not along the tree.
    case foldInArrivalOrder
    /// The same of pieces that a worker adds for others.
    case piecesInArrivalOrder
    /// A worker passes on the parameters that it was to pass on first.
    case oldParametersPassedOn
    /// The second result of a node is added, too.
    case lateResultsCountToo
    /// Every second result is said to be the same as the first.
    case differencesOverlooked
    /// A worker goes on with the parameters that it was sent first.
    case firstParametersForEver
    /// Parameters in memory are written over at each step, and whoever reads there takes what he finds for what was announced.
    case stampsIgnored
    /// A microbatch has one example twice and another not at all.
    case anExampleTwice
    /// The bytes of files are not forced to the disk.
    case noFileSync
    /// The names of files are not forced to the disk.
    case noDirectorySync
    /// Whatever the newest checkpoint holds is taken for good.
    case unverifiedCheckpoint
    /// A restarted coordinator has the epoch of the one before.
    case sameEpochAgain
    /// Time does not pass for the coordinator's decisions: nobody is missed, nothing is late.
    case noDeadlines
}

/// A worker's connection to another's door, which carries pieces there and news of them back.
///
/// Within it nothing is lost or overtaken. Where it is lost, everything that was on its way is void; the coordinator is told, and gives new
/// duties.
struct PeerLink: Sendable {
    /// What leaves over it.
    enum Cargo: Sendable, Equatable {
        /// A piece of a leased node's sum.
        case sum(SumPiece, lease: UInt64)
        /// A piece of what a group adds, which was added here.
        case groupSum(SumPiece)
        /// Parameters, which are passed on.
        case parameters(PassedParameters)

        var bytes: Int {
            switch self {
            case .sum(let piece, _), .groupSum(let piece): piece.bytes
            case .parameters(let chunk): chunk.bytes
            }
        }

        /// The piece, if it is one of a sum.
        var piece: SumPiece? {
            switch self {
            case .sum(let piece, _), .groupSum(let piece): piece
            case .parameters: nil
            }
        }

        /// The lease of the sum that it is a piece of.
        var lease: UInt64? { if case .sum(_, let lease) = self { lease } else { nil } }

        var isParameters: Bool { if case .parameters = self { true } else { false } }
    }

    let entry: PeerEntry
    /// Whether the other has answered since the connection was opened.
    private(set) var isUp = false
    /// How the other is heard since the connection is up.
    private var pulse: Pulse
    /// When the connection was opened.
    private var opened: Duration
    /// How long an unanswered connection is kept; doubles each time.
    private var patience: Duration
    /// When a connection that was refused is opened again, and how long that takes the next time.
    private var retryDue: Duration?
    private var retryInterval = PeerLink.shortestRetry
    private var window: CreditWindow
    private var waiting: [Cargo] = []
    /// What has left and is not known to have arrived, the oldest first.
    private var underWay: [Cargo] = []

    private static let longestPatience = Duration.seconds(30)
    /// The other may not have heard yet who is let in.
    private static let shortestRetry = Duration.milliseconds(100)
    private static let longestRetry = Duration.seconds(5)

    init(_ entry: PeerEntry, sizes: BulkSizes, timing: Timing, at now: Duration) {
        self.entry = entry
        pulse = Pulse(at: now, timing)
        opened = now
        patience = timing.silence
        window = CreditWindow(limit: sizes.windowBytes, chunkBytes: sizes.chunkBytes)
    }

    /// Whether something would leave if there were credit.
    var hasWaiting: Bool { isUp && !waiting.isEmpty }

    /// Whether the connection is to be opened again: the other should have been heard long since, or it was refused a while ago.
    func isToBeReopened(at now: Duration, _ timing: Timing) -> Bool {
        (isUp ? pulse.isWorrying(at: now, timing) : now - opened > patience) || window.stalled(at: now) > timing.stall
            || retryDue.map { now >= $0 } ?? false
    }

    /// The connection did not come about.
    mutating func refuse(at now: Duration) {
        guard retryDue == nil else { return }
        retryDue = now + retryInterval
        retryInterval = min(retryInterval * 2, Self.longestRetry)
    }

    /// The other was heard; answers whether that is new.
    mutating func hear(at now: Duration, _ timing: Timing) -> Bool {
        if isUp { pulse.hear(at: now) } else { pulse = Pulse(at: now, timing) }
        patience = timing.silence
        (retryDue, retryInterval) = (nil, Self.shortestRetry)
        defer { isUp = true }
        return !isUp
    }

    /// Begins anew, for a connection that is opened in place of this one.
    ///
    /// - Returns: The leases whose sums are not delivered by what was on its way.
    mutating func reopen(_ sizes: BulkSizes, at now: Duration) -> Set<UInt64> {
        defer {
            waiting = []
            underWay = []
        }
        patience = isUp ? patience : min(patience * 2, Self.longestPatience)
        isUp = false
        retryDue = nil
        opened = now
        window = CreditWindow(limit: sizes.windowBytes, chunkBytes: sizes.chunkBytes)
        return leases
    }

    /// The leases of which sums wait or are on their way.
    var leases: Set<UInt64> { Set((waiting + underWay).compactMap(\.lease)) }

    /// Puts something in line: parameters, which computing waits for, before sums.
    mutating func enqueue(_ cargo: Cargo) {
        guard cargo.isParameters else { return waiting.append(cargo) }
        waiting.insert(cargo, at: waiting.firstIndex { !$0.isParameters } ?? waiting.count)
    }

    /// Forgets sums under earlier duties that have not left.
    mutating func drop(before duties: UInt64) {
        waiting.removeAll { $0.piece.map { $0.duties < duties } ?? false }
    }

    /// Forgets what was added here for a group and has not left.
    mutating func dropGroupSums() {
        waiting.removeAll { if case .groupSum = $0 { true } else { false } }
    }

    /// Forgets sums of earlier steps that have not left.
    mutating func dropSums(before step: Int) {
        waiting.removeAll { $0.piece.map { $0.round.step < step } ?? false }
    }

    /// Forgets parameters of earlier steps that have not left.
    mutating func drop(beforeStep step: Int) {
        waiting.removeAll { cargo in
            if case .parameters(let chunk) = cargo { chunk.step < step } else { false }
        }
    }

    /// Takes the next thing that may leave.
    mutating func next(at now: Duration) -> Cargo? {
        guard isUp, let cargo = waiting.first, window.admits(cargo.bytes) else { return nil }
        window.spend(cargo.bytes, at: now)
        underWay.append(waiting.removeFirst())
        return cargo
    }

    /// The other took the oldest thing that is under way; nil where it has not so many bytes.
    mutating func refund(_ bytes: Int, at now: Duration) -> Cargo? {
        guard let cargo = underWay.first, cargo.bytes == bytes else { return nil }
        window.refund(bytes, at: now)
        return underWay.removeFirst()
    }
}

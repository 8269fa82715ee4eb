import Coordination

/// A worker's two connections, as they are while it has one identity: what TCP and libzmq make of a network.
///
/// Within a connection nothing is lost, repeated or overtaken; it comes up late, is slow, holds everything up while the network is cut, or
/// ends with all that is on its way. The two are independent of each other.
struct Connections {
    /// Which of the two.
    enum Channel: Int, CaseIterable {
        case control
        case bulk
    }

    private struct Line {
        /// When its handshake is over; nil where that cannot be told yet, since the network is cut.
        var opensAt: Duration?
        /// Whether it takes everything and delivers nothing.
        var leadsNowhere = false
        /// When the last message in each direction arrives.
        var lastArrival = [Direction: Duration]()
    }

    enum Direction {
        case toCoordinator
        case toWorker
    }

    private var lines: [Line]
    /// Whether they ended; whatever was on its way is lost.
    private(set) var areBroken = false
    /// When everything has arrived that the faults held up.
    private(set) var calmAt = Duration.zero

    /// - Parameter opening: When each handshake is over.
    init(opening: [Duration?]) {
        lines = opening.map { Line(opensAt: $0) }
    }

    /// No fault strikes them any more.
    mutating func calm() { calmAt = lines.flatMap(\.lastArrival.values).max() ?? .zero }

    mutating func breakDown() { areBroken = true }

    func isOpen(_ channel: Channel, at now: Duration) -> Bool {
        !areBroken && lines[channel.rawValue].opensAt.map { $0 <= now } ?? false
    }

    /// When both can be used; nil where that cannot be told.
    var opensAt: Duration? {
        let times = lines.compactMap(\.opensAt)
        return times.count == lines.count ? times.max() : nil
    }

    /// What could not go on while the network was cut goes on.
    mutating func reopen(_ channel: Channel, at time: Duration) {
        if lines[channel.rawValue].opensAt == nil { lines[channel.rawValue].opensAt = time }
    }

    mutating func deaden(_ channel: Channel) { lines[channel.rawValue].leadsNowhere = true }

    func leadsNowhere(_ channel: Channel) -> Bool { lines[channel.rawValue].leadsNowhere }

    var isSound: Bool { !areBroken && !lines.contains(where: \.leadsNowhere) }

    /// When a message that could arrive at `time` does: after those before it.
    mutating func arrival(_ time: Duration, _ channel: Channel, _ direction: Direction) -> Duration {
        let arrival = max(time, lines[channel.rawValue].lastArrival[direction] ?? .zero)
        lines[channel.rawValue].lastArrival[direction] = arrival
        return arrival
    }
}

/// Whom the coordinator listens to: what peers and owners of keys have said lately, who is not heard any more, and who computed wrongly.
struct Trust: Sendable {
    /// Whom an account is of: the owner of a key, or one peer where nothing authenticates.
    enum Holder: Hashable, Sendable {
        case name(String)
        case peer(Peer)

        init(_ peer: Peer) {
            self = peer.provenName.map { .name($0) } ?? .peer(peer)
        }
    }

    /// Identities that are remembered as barred where nothing authenticates; they cost nothing to change.
    private static let barredPeers = 4_096
    /// Versions that the log tells of; more than that is somebody's invention.
    private static let loggedVersions = 16

    /// Names of workers that computed wrongly, and the sentence that each is told.
    private(set) var quarantined: [String: String]
    /// Messages without sense that are forgiven at once.
    private let forgivenOffences: Double
    private(set) var accounts: [Holder: Account] = [:]
    private(set) var barred: Set<Holder> = []
    private var foreignVersions: Set<UInt16> = []

    init(quarantined: [String: String], forgivenOffences: Double) {
        self.quarantined = quarantined
        self.forgivenOffences = forgivenOffences
    }

    func isBarred(_ peer: Peer) -> Bool { barred.contains(Holder(peer)) }

    /// Counts a message against its sender, and answers why that is to be barred, where it is one too many.
    mutating func charge(_ peer: Peer, _ offence: Account.Offence, at now: Duration) -> String? {
        let holder = Holder(peer)
        let reason = accounts[holder, default: Account(forgiven: forgivenOffences)].count(offence, at: now)
        if reason != nil { accounts[holder] = nil }
        return reason
    }

    mutating func bar(_ holder: Holder) {
        if case .peer = holder, barred.count >= Self.barredPeers { return }
        barred.insert(holder)
    }

    mutating func quarantine(_ name: String, _ sentence: String) { quarantined[name] = sentence }

    /// Forgets what a peer without a key has said: it is gone.
    mutating func forget(_ peer: Peer) { accounts[.peer(peer)] = nil }

    /// Whether the log has not told yet of peers of this version.
    mutating func isNews(_ version: UInt16) -> Bool {
        foreignVersions.count < Self.loggedVersions && foreignVersions.insert(version).inserted
    }
}

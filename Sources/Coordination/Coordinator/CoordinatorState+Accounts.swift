/// Who has said too much, or too much nonsense, and is not heard any more.
extension CoordinatorState {
    /// Whom an account is of: the owner of a key, or one peer where nothing authenticates.
    enum Holder: Hashable, Sendable {
        case name(String)
        case peer(Peer)

        init(_ peer: Peer) {
            self = peer.provenName.map { .name($0) } ?? .peer(peer)
        }
    }

    /// Workers that one key may have at a time.
    static let membersOfAKey = 64

    /// Identities that are remembered as barred where nothing authenticates; they cost nothing to change.
    private static let barredPeers = 4_096

    func isBarred(_ peer: Peer) -> Bool { barred[Holder(peer)] != nil }

    /// Counts a message against its sender, who is expelled where it is one too many.
    mutating func charge(_ peer: Peer, _ offence: Account.Offence) {
        let holder = Holder(peer)
        guard peer.provenName != nil || members[peer] != nil, !isBarred(peer) else { return }
        guard
            let reason = accounts[holder, default: Account(forgiven: configuration.forgivenOffences)].count(
                offence, at: now)
        else { return }
        accounts[holder] = nil
        bar(holder, because: reason)
    }

    private mutating func bar(_ holder: Holder, because reason: String) {
        switch holder {
        case .name(let name):
            barred[holder] = reason
            note(.refused(name: name, reason: reason))
            actions.append(.bar(name))
            expel(name, because: reason)
        case .peer(let peer):
            if barred.count < Self.barredPeers { barred[holder] = reason }
            dismiss(peer, because: reason)
        }
    }
}

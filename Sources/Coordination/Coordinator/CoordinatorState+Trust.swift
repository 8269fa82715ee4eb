/// Who has said too much, or too much nonsense, and is not heard any more.
extension CoordinatorState {
    /// Workers that one key may have at a time.
    static let membersOfAKey = 64

    func isBarred(_ peer: Peer) -> Bool { trust.isBarred(peer) }

    /// Counts a message against its sender, who is expelled where it is one too many.
    mutating func charge(_ peer: Peer, _ offence: Account.Offence) {
        guard peer.provenName != nil || members[peer] != nil, !isBarred(peer) else { return }
        guard let reason = trust.charge(peer, offence, at: now) else { return }
        bar(Trust.Holder(peer), because: reason)
    }

    private mutating func bar(_ holder: Trust.Holder, because reason: String) {
        trust.bar(holder)
        switch holder {
        case .name(let name):
            note(.refused(name: name, reason: reason))
            actions.append(.bar(name))
            expel(name, because: reason)
        case .peer(let peer): dismiss(peer, because: reason)
        }
    }
}

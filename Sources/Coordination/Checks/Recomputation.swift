/// The second computation of a round whose sum workers have added: by other workers, from parameters that the coordinator itself sends, and added by
/// the coordinator.
struct Recomputation: Sendable {
    /// How far it has come; `first` is the digest of the sum that workers have added.
    enum Stage: Sendable {
        /// That digest is awaited.
        case begun
        case computing(first: [UInt8])
        /// The second sum is complete and audited, and its digest is awaited.
        case hashing(first: [UInt8])
        case compared
    }

    var stage = Stage.begun
}

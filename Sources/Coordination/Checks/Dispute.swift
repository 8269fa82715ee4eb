/// A node of which two workers computed different sums.
///
/// A sum that two computations agree on is the true one: two machines that fail independently do not fail alike.
struct Dispute: Sendable {
    /// One computation of the node.
    struct Vote: Sendable, Equatable {
        var digest: [UInt8]
        /// Whose work it is; several where a sum was folded from parts.
        var authors: Set<String>
    }

    let round: Round
    let node: Int
    /// The digest of the sum that the step used.
    let committed: [UInt8]
    var votes: [Vote]
    /// The lease of the worker that is to decide, while one computes.
    var lease: UInt64?

    /// Everyone whose work is in question.
    var authors: Set<String> { votes.reduce(into: []) { $0.formUnion($1.authors) } }

    /// The digest that two computations agree on.
    var truth: [UInt8]? {
        votes.map(\.digest).first { digest in votes.count { $0.digest == digest } > 1 }
    }
}

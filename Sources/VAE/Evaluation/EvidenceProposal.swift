/// Where the samples z come from whose weights w estimate p(x) = E[w].
public enum EvidenceProposal: String, Hashable, Sendable, CaseIterable, Codable {
    /// The posterior q(z|x): w = p(x|z) p(z) / q(z|x).
    case importance
    /// The prior p(z): w = p(x|z). Few samples of it explain an image, as their effective size shows.
    case prior
}

import Contract
import Training

/// A picture of a run by what it shows and when: `samples/reconstructions-0003.png` are reconstructions after the steps of three epochs.
struct PictureKey: Hashable {
    /// `reconstructions` or `samples`.
    let tag: String
    /// How many steps were applied.
    let step: Int

    private static let tags = ["reconstructions", "samples"]

    /// What an event shows, if it shows one.
    init?(_ event: Event) {
        guard case .summary(let summary) = event.what, let tag = summary.value.first?.tag, Self.tags.contains(tag)
        else { return nil }
        (self.tag, step) = (tag, Int(event.step))
    }

    /// What a file shows, if it has the name of one.
    init?(file name: String, plan: ShardPlan) {
        for tag in Self.tags {
            guard let moment = PictureMoment(file: name, of: tag) else { continue }
            (self.tag, step) = (tag, moment.step(plan))
            return
        }
        return nil
    }
}

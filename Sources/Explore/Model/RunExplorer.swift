import Training
import Web

/// Answers for a run that goes on: what goes on at once, and the rest by a checkpoint, once there is one.
///
/// Whoever opens the page gets the newest checkpoint of the last minute, and pages that are open go on with it, too.
public actor RunExplorer {
    private let run: ExploredRun
    private let make: @Sendable (Checkpoint) throws -> Explorer
    private var explorer: (step: Int, explorer: Explorer, made: ContinuousClock.Instant)?
    /// Why the last try failed.
    private var failure: (sentence: String, at: ContinuousClock.Instant)?
    private var curves: Curves?

    /// Making an explorer encodes images, which takes time from the run.
    private static let pause = Duration.seconds(60)

    public init(_ run: ExploredRun, make: @escaping @Sendable (Checkpoint) throws -> Explorer) {
        self.run = run
        self.make = make
        curves = run.metrics.map { Curves($0) }
    }

    /// Answers a request that was let in.
    public func answer(_ request: Request) async -> Answer {
        do {
            if let part = Page.part(request.head.path) { return try part.answer(request.head) }
            if request.head.path == "/model.json" || explorer == nil { renew() }
            if let explorer { return await explorer.explorer.answer(request) }
            guard request.head.path == "/run.json" else {
                throw failure.map { Refusal(500, $0.sentence) }
                    ?? Refusal(503, "the run has no checkpoint yet; the page goes on when the first is saved")
            }
            return try Answer(
                json: Explorer.Progress(checkpoints: [], curves: curves?.summary(), activity: run.activity?()))
        } catch let refusal as Refusal {
            return Answer(refusal)
        } catch {
            return Answer(Refusal(500, "\(error)"))
        }
    }

    /// Takes the newest checkpoint, if there is a newer one and the last was taken, or tried, a while ago.
    private func renew() {
        guard let newest = try? run.steps().last, newest != explorer?.step else { return }
        let now = ContinuousClock.now
        for before in [explorer?.made, failure?.at] {
            if let before, now - before < Self.pause { return }
        }
        do {
            explorer = (newest, try make(try run.read(newest)), now)
            failure = nil
        } catch {
            failure = ("\(error)", now)
        }
    }
}

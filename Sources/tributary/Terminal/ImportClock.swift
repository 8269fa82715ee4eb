import Ingest

/// Shows how far an import is, and how fast it goes.
final class ImportClock {
    private var start: ContinuousClock.Instant?

    func show(_ stage: ImportStage) {
        switch stage {
        case .unpacked(let bytes): Terminal.standardError.status("\(bytes / 1_000_000) MB unpacked")
        case .lookedAt(let done, let all): Terminal.standardError.status("\(done) of \(all) images looked at")
        case .written(let done, let all):
            let start = start ?? .now
            self.start = start
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let rate = seconds > 0 ? ", \(Int(Double(done) / seconds)) images/s" : ""
            Terminal.standardError.status("\(done) of \(all) images\(rate)")
        }
    }
}

import Coordination
import Training

/// Pixels on their way from the file to workers: who waits for which, and the thread that reads them.
final class PixelDesk {
    private let reader: PixelReader
    private var list = ReadingList()

    /// Starts the thread; `tell` is called on it.
    init(
        _ source: any ExampleSource, for program: TrainingProgram,
        tell: @escaping @Sendable (PixelReader.News) -> Void
    ) {
        reader = PixelReader(source, for: program, tell: tell)
    }

    /// Workers that wait for what is read.
    var peers: some Collection<Peer> { list.peers }

    func add(_ request: ReadingList.Request, at now: Duration, for isHere: (Peer) -> Bool) {
        list.add(request)
        readOn(at: now, for: isHere)
    }

    /// The reader is done with its oldest request.
    func finishOne(at now: Duration, for isHere: (Peer) -> Bool) {
        list.finish(at: now)
        readOn(at: now, for: isHere)
    }

    /// Hands the reader its next work. Who is gone needs nothing.
    private func readOn(at now: Duration, for isHere: (Peer) -> Bool) {
        while let request = list.next(at: now, for: isHere) { reader.read(request) }
    }

    /// Forgets all but what is being read.
    func clear() { list.clear() }

    /// A sentence where the reader has been at one request for long; it is not said again soon.
    func complaint(at now: Duration, limit: Duration) -> String? {
        list.delay(at: now, limit: limit).map {
            "workers wait for pixels: reading some of the data has taken \(Int($0.inSeconds)) s so far"
        }
    }

    /// Ends the thread after what it was given.
    func finish() { reader.finish() }
}

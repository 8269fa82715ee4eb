import Foundation
import Training

/// Reads examples on a thread of its own, so that no heartbeat waits for a disk or for the unpacking of a file.
final class PixelReader: Sendable {
    /// What came of a request.
    struct News: Sendable {
        let request: ReadingList.Request
        let pixels: Result<[UInt8], any Error>
    }

    private enum Job: Sendable {
        case read(ReadingList.Request)
        case finish
    }

    private let jobs = JobQueue<Job>()

    /// Starts the thread; `tell` is called on it.
    init(_ source: any ExampleSource, for program: TrainingProgram, tell: @escaping @Sendable (News) -> Void) {
        let thread = Thread { [jobs] in
            while case .read(let request) = jobs.take() {
                let pixels = Result {
                    try program.bytes(of: request.examples.map(Int.init), in: request.split.split, from: source)
                }
                tell(News(request: request, pixels: pixels))
            }
        }
        thread.name = "pixels"
        thread.stackSize = 8 << 20
        thread.start()
    }

    func read(_ request: ReadingList.Request) {
        jobs.put(.read(request))
    }

    /// Ends the thread after what it was given. Nobody waits for that, as a file may never answer.
    func finish() {
        jobs.put(.finish)
    }
}

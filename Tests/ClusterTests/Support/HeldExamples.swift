import Dispatch
import Synchronization
import Training
import TrainingTestSupport

/// Examples of which all but the first request wait until they are released.
final class HeldExamples: ExampleSource {
    private let examples = RandomExamples(trainingCount: 100, validationCount: 21)
    private let requests = Mutex(0)
    private let isReleased = Mutex(false)
    private let door = DispatchSemaphore(value: 0)

    var channels: Int { examples.channels }
    var height: Int { examples.height }
    var width: Int { examples.width }
    var fingerprint: String { examples.fingerprint }
    var wasReleased: Bool { isReleased.withLock { $0 } }

    func count(_ split: Split) -> Int { examples.count(split) }

    func release() {
        isReleased.withLock { $0 = true }
        door.signal()
    }

    func pixels(of rows: [Int], in split: Split) -> [UInt8] {
        let number = requests.withLock { requests in
            requests += 1
            return requests
        }
        if number > 1 {
            // Longer than anybody waits for a release: a test whose release never comes fails, and ends.
            _ = door.wait(timeout: .now() + 1200)
            door.signal()
        }
        return examples.pixels(of: rows, in: split)
    }
}

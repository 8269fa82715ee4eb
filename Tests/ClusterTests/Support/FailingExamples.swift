import Synchronization
import Training
import TrainingTestSupport

/// Examples whose file cannot be read any more after so many requests.
final class FailingExamples: ExampleSource {
    struct Gone: Error, CustomStringConvertible {
        let description = "data.h5 cannot be read any more"
    }

    private let examples = RandomExamples(trainingCount: 100, validationCount: 21)
    private let requests: Mutex<Int>

    init(after requests: Int) {
        self.requests = Mutex(requests)
    }

    var channels: Int { examples.channels }
    var height: Int { examples.height }
    var width: Int { examples.width }
    var fingerprint: String { examples.fingerprint }

    func count(_ split: Split) -> Int { examples.count(split) }

    func pixels(of rows: [Int], in split: Split) throws -> [UInt8] {
        let isLeft = requests.withLock { requests in
            requests -= 1
            return requests >= 0
        }
        guard isLeft else { throw Gone() }
        return examples.pixels(of: rows, in: split)
    }
}

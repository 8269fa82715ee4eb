import Dispatch
import Foundation
import Synchronization

/// Runs the same kinds of work on several threads at once and measures each kind in turn.
///
/// Kinds alternate window by window, so that a machine that becomes slower or faster meanwhile does so for all of them.
public struct Stopwatch: Sendable {
    public var threads: Int
    public var windows: Int
    /// The length of a window; work that has begun is finished.
    public var seconds: Double

    public init(threads: Int, windows: Int, seconds: Double) {
        precondition(threads > 0 && windows > 0, "\(threads) threads and \(windows) windows measure nothing")
        self.threads = threads
        self.windows = windows
        self.seconds = seconds
    }

    /// Does a piece of work and returns how much it was, in any unit.
    public typealias Work = () -> Double

    /// Measures every kind of work that `prepare` makes.
    ///
    /// - Parameter prepare: Called once on each thread; every thread gets the same kinds.
    /// - Returns: A throughput for each kind.
    /// - Throws: What `prepare` throws.
    public func measure(_ prepare: @escaping @Sendable () throws -> [Work]) throws -> [Throughput] {
        let ready = DispatchGroup()
        let finished = DispatchGroup()
        let results = Mutex<[Result<[[Double]], any Error>]>([])
        for _ in 0..<threads {
            ready.enter()
            finished.enter()
            let thread = Thread {
                let outcome = self.measureOnThisThread(prepare, ready)
                results.withLock { $0.append(outcome) }
                finished.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        finished.wait()
        return Self.throughputs(try results.withLock { try $0.map { try $0.get() } })
    }

    /// Rates of one thread: a row per kind of work, an element per window.
    private func measureOnThisThread(
        _ prepare: () throws -> [Work], _ ready: DispatchGroup
    ) -> Result<[[Double]], any Error> {
        let prepared = Result {
            let works = try prepare()
            for work in works { _ = work() }
            return works
        }
        ready.leave()
        ready.wait()
        return prepared.map { works in
            var rates = [[Double]](repeating: [], count: works.count)
            for _ in 0..<windows {
                for (kind, work) in works.enumerated() { rates[kind].append(rate(work)) }
            }
            return rates
        }
    }

    private func rate(_ work: Work) -> Double {
        let clock = ContinuousClock()
        let begin = clock.now
        var amount = 0.0
        var elapsed = 0.0
        repeat {
            amount += work()
            elapsed = (clock.now - begin) / .seconds(1)
        } while elapsed < seconds
        return amount / elapsed
    }

    /// From (thread, kind, window) to a throughput per kind.
    private static func throughputs(_ rates: [[[Double]]]) -> [Throughput] {
        let windows = rates[0].first?.count ?? 0
        return rates[0].indices.map { kind in
            Throughput(rates: (0..<windows).map { window in rates.map { $0[kind][window] } })
        }
    }
}

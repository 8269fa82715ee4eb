import Contract
import Foundation
import Training

/// A run's curves from its `metrics.jsonl`, which may grow meanwhile. Each reading goes on where the last one ended, and takes so much at
/// most; points are merged where they become many.
struct Curves {
    private let path: String
    private var offset: UInt64 = 0
    /// The beginning of a line whose end is not written yet.
    private var rest = Data()
    private var train = Curve()
    private var valid = Curve()
    private var last: MetricsRow?

    private static let bytesAtOnce = 256 << 10
    private static let longestLine = 1 << 20

    init(_ path: String) {
        self.path = path
    }

    /// What a page draws.
    struct Summary: Hashable, Encodable {
        /// Of training steps: the step, and −ELBO in nats, by turns.
        let train: [Double]
        /// Of evaluations of the held-out images.
        let valid: [Double]
        let step: Int
        let epoch: Int
        let imagesPerSecond: Double
        let workers: Int
        /// Whether there is more to read at once.
        let hasMore: Bool
    }

    /// Reads what was added; nil where there is nothing yet, or no such file any more.
    mutating func summary() -> Summary? {
        let hasMore = read()
        guard let last else { return nil }
        return Summary(
            train: train.points, valid: valid.points, step: last.step, epoch: last.epoch,
            imagesPerSecond: last.imagesPerSecond.isFinite ? last.imagesPerSecond : 0, workers: last.workers,
            hasMore: hasMore)
    }

    private mutating func read() -> Bool {
        guard let file = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)) else { return false }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        // A run that went back has cut its rows.
        if size < offset { self = Curves(path) }
        guard (try? file.seek(toOffset: offset)) != nil, let bytes = try? file.read(upToCount: Self.bytesAtOnce) else {
            return false
        }
        offset += UInt64(bytes.count)
        take(bytes)
        return offset < size
    }

    private mutating func take(_ bytes: Data) {
        var lines = (rest + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = Data(lines.removeLast().prefix(Self.longestLine))
        for line in lines {
            guard let row = MetricsRow(line: String(decoding: line, as: UTF8.self)) else { continue }
            last = row
            if row.split == .train {
                train.add(Double(row.step), row.negativeELBO)
            } else {
                valid.add(Double(row.step), row.negativeELBO)
            }
        }
    }
}

/// A curve of at most 400 points, each the mean of as many values; from then on pairs of points become one.
private struct Curve {
    private var xs: [Double] = []
    private var ys: [Double] = []
    private var each = 1
    private var pending: (x: Double, y: Double, count: Int) = (0, 0, 0)

    private static let most = 400

    /// x and y by turns.
    var points: [Double] {
        let begun = pending.count > 0 ? [pending.x / Double(pending.count), pending.y / Double(pending.count)] : []
        return zip(xs, ys).flatMap { [$0, $1] } + begun
    }

    /// A value that is no number is left out.
    mutating func add(_ x: Double, _ y: Double) {
        guard y.isFinite else { return }
        pending = (pending.x + x, pending.y + y, pending.count + 1)
        guard pending.count == each else { return }
        xs.append(pending.x / Double(each))
        ys.append(pending.y / Double(each))
        pending = (0, 0, 0)
        if xs.count == Self.most { merge() }
    }

    private mutating func merge() {
        xs = Self.halved(xs)
        ys = Self.halved(ys)
        each *= 2
    }

    private static func halved(_ values: [Double]) -> [Double] {
        stride(from: 0, to: values.count, by: 2).map { (values[$0] + values[$0 + 1]) / 2 }
    }
}

import Foundation
import OneDNN
import Performance
import Tensors

/// What was measured of a network.
struct Report: Encodable {
    let network: String
    let microbatch: Int
    let threads: Int
    let numericClass: String
    /// Multiplications and additions of the convolutions and matrix products of one microbatch.
    let operations: Double
    /// Images a second, by what computed them.
    let imagesPerSecond: [String: Rate]

    init(_ subject: Subject, _ measuring: MeasuringOptions, _ results: [String: Throughput]) {
        network = subject.name
        microbatch = subject.microbatch
        threads = measuring.threads
        numericClass = subject.engine.numericClass
        operations = subject.graph.linearFloatingPointOperations
        imagesPerSecond = results.mapValues(Rate.init)
    }

    func print(json: Bool) throws {
        guard !json else { return try Benchmark.printJSON(self) }
        Swift.print("\(network), microbatches of \(microbatch), threads: \(threads), \(numericClass)")
        for (name, rate) in imagesPerSecond.sorted(by: { $0.key > $1.key }) {
            let arithmetic = rate.median / Double(microbatch) * operations / 1e9
            let padded = name.padding(toLength: 19, withPad: " ", startingAt: 0)
            Swift.print("\(padded) \(rate.text(unit: "images/s")), linear \(Int(arithmetic.rounded())) GFLOP/s")
        }
        guard let engine = imagesPerSecond["engine"] else { return }
        for name in ["convolutions", "oneDNN convolutions"] {
            guard let alone = imagesPerSecond[name] else { continue }
            Swift.print("engine / \(name): " + String(format: "%.3f of the time", alone.median / engine.median))
        }
    }
}

struct PeakReport: Encodable {
    let numericClass: String
    let precision: String
    let operations: Rate

    func print(json: Bool) throws {
        guard !json else { return try Benchmark.printJSON(self) }
        Swift.print("\(precision), \(numericClass): \(operations.scaled(by: 1e-9).text(unit: "GFLOP/s"))")
    }
}

/// A throughput in a few numbers.
struct Rate: Encodable {
    let median: Double
    let minimum: Double
    let maximum: Double
    /// The median of each thread.
    let perThread: [Double]

    init(_ throughput: Throughput) {
        median = throughput.median
        minimum = throughput.minimum
        maximum = throughput.maximum
        perThread = throughput.perThread
    }

    private init(median: Double, minimum: Double, maximum: Double, perThread: [Double]) {
        self.median = median
        self.minimum = minimum
        self.maximum = maximum
        self.perThread = perThread
    }

    func scaled(by factor: Double) -> Rate {
        Rate(
            median: median * factor, minimum: minimum * factor, maximum: maximum * factor,
            perThread: perThread.map { $0 * factor })
    }

    func text(unit: String) -> String {
        let threads = perThread.map { String(format: "%.1f", $0) }.joined(separator: " + ")
        return String(format: "%8.1f \(unit) (%.1f to %.1f; by thread %@)", median, minimum, maximum, threads)
    }
}

extension Benchmark {
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

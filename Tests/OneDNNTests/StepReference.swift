import Foundation
import Randomness

/// What PyTorch computed in one step of a preset.
struct StepReference: Decodable {
    /// What is recorded of one tensor's gradient.
    struct Tensor: Decodable {
        let name: String
        let count: Int
        let norm: Double
        /// Its products with 64 keyed vectors of ±1.
        let projections: [Double]
    }

    let seed: UInt64
    let microbatch: Int
    let firstExample: UInt32
    let reconstruction: Double
    let divergence: Double
    let normOfAll: Double
    let tensors: [Tensor]

    init(_ preset: String) throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let file = "scripts/reference/\(preset.replacing("-", with: "_"))_step.json"
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: root.appending(path: file)))
    }
}

extension StepReference.Tensor {
    /// An estimate of ‖gradient − this‖ within about 9 %: the root mean square of the difference's products with the vectors,
    /// each of which has the expected square ‖difference‖².
    func distance(to gradient: ArraySlice<Float>, index: Int) -> Double {
        let squares = zip(signedSums(of: gradient, index: index), projections).map { ($0 - $1) * ($0 - $1) }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
}

/// The products of `values` with the 64 vectors of ±1 of slice `index`: element e is negative in vector k where bit k of words
/// 2e and 2e + 1 of the stream is set.
private func signedSums(of values: ArraySlice<Float>, index: Int) -> [Double] {
    let stream = RandomStream(seed: 1, operator: RandomStream.probe, example: UInt32(index))
    var sums = [Double](repeating: 0, count: 64)
    for (element, value) in values.enumerated() {
        let words = stream.words(UInt32(element / 2))
        let first = element % 2 * 2
        add(Double(value), signs: UInt64(words[first]) | UInt64(words[first + 1]) << 32, to: &sums)
    }
    return sums
}

private func add(_ value: Double, signs: UInt64, to sums: inout [Double]) {
    for k in 0..<64 {
        let sign = (signs >> UInt64(k) & 1) << 63
        sums[k] += Double(bitPattern: value.bitPattern ^ sign)
    }
}

import Foundation
import Synchronization

/// What each value of a resized row is made of: for output `i`, input `first[i] ..< first[i] + taps[i]` with
/// the weights `values[i * stride ...]`, in fixed point with ``fractionBits`` bits after the point.
///
/// Pillow's `Resample.c` computes the same weights in the same order of operations, and so results are equal to its
/// `Image.resize` bit for bit (`scripts/reference/resize.py`).
struct ResizeWeights: Sendable {
    static let fractionBits = 22

    let first: [Int32]
    let taps: [Int32]
    let stride: Int
    /// 255 times the sum of their amounts stays below 2³¹, for both filters.
    let values: [Int32]

    /// The weights of a size, which are kept: a set of pictures has few sizes.
    static func shared(from input: Int, to output: Int, filter: ResizeFilter) -> ResizeWeights {
        let key = Key(input: input, output: output, filter: filter)
        if let known = kept.withLock({ $0[key] }) { return known }
        let weights = ResizeWeights(from: input, to: output, filter: filter)
        kept.withLock {
            if $0.count >= 64 { $0 = [:] }
            $0[key] = weights
        }
        return weights
    }

    private struct Key: Hashable {
        let input: Int
        let output: Int
        let filter: ResizeFilter
    }

    private static let kept = Mutex<[Key: ResizeWeights]>([:])

    init(from input: Int, to output: Int, filter: ResizeFilter) {
        let scale = Double(input) / Double(output)
        let filterScale = max(1, scale)
        let support = filter.support * filterScale
        var (first, counts, values) = ([Int32](), [Int32](), [Int32]())
        let stride = Int(support.rounded(.up)) * 2 + 1
        for index in 0..<output {
            let center = (Double(index) + 0.5) * scale
            let low = max(0, Int(center - support + 0.5))
            let high = min(input, Int(center + support + 0.5))
            let taps = (low..<high).map { filter((Double($0) - center + 0.5) / filterScale) }
            first.append(Int32(low))
            counts.append(Int32(taps.count))
            values += Self.fixedPoint(taps) + [Int32](repeating: 0, count: stride - taps.count)
        }
        (self.first, self.taps, self.stride, self.values) = (first, counts, stride, values)
    }

    private static func fixedPoint(_ taps: [Double]) -> [Int32] {
        let sum = taps.reduce(0, +)
        return taps.map { Int32(($0 / sum * Double(1 << fractionBits)).rounded(.toNearestOrAwayFromZero)) }
    }
}

/// sin(πx)/(πx), and 1 at 0.
func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }

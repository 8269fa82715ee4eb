// What chooses between values, composed of operations that exist. Where a choice is made by a step, its gradient is that of the value
// chosen, as everybody takes it.

/// 1 where x > 0, else 0. No gradient flows through it.
public func step(_ x: Tensor) -> Tensor { x.unary(.leakyReLUSlope(slope: 0)) }

/// |x|
public func abs(_ x: Tensor) -> Tensor { leakyReLU(x, slope: -1) }

/// x where x > 0, else eˣ − 1; the slope at 0 is 1.
///
/// Source: Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units", ICLR 2016, with α = 1.
public func elu(_ x: Tensor) -> Tensor {
    let above = relu(x)
    return above + (exp(x - above) - 1)
}

/// The greater of both, exactly; where they are equal, the second.
public func maximum(_ left: Tensor, _ right: Tensor) -> Tensor {
    select(step(left - right), left, right)
}

/// The first where the mask is 1, the second where it is 0. Both must be finite everywhere.
public func select(_ mask: Tensor, _ first: Tensor, _ second: Tensor) -> Tensor {
    mask * first + (1 - mask) * second
}

extension Tensor {
    /// The greatest element along an axis, which stays with extent 1: a tournament, so that it is exact and of few operations.
    public func maximum(axis: Int) -> Tensor {
        tournament(axis: axis) { Tensors.maximum($0, $1) }
    }

    /// ln Σ eˣ along an axis, which vanishes. The greatest element is taken off first, so nothing overflows.
    public func logSumExp(axis: Int) -> Tensor {
        let greatest = maximum(axis: axis).withoutGradient()
        let sum = exp(self - greatest).sum(axes: [axis])
        return log(sum) + greatest.reshaped(to: sum.shape)
    }

    /// x − ln Σ eˣ along an axis: the logarithms of probabilities.
    public func logSoftmax(axis: Int) -> Tensor {
        let sum = logSumExp(axis: axis)
        return self - sum.reshaped(to: shape.reduced(along: [axis]))
    }

    /// eˣ / Σ eˣ along an axis.
    public func softmax(axis: Int) -> Tensor { exp(logSoftmax(axis: axis)) }

    /// 1 at the greatest element along an axis, else 0; of several that are equal, at the last. No gradient flows through it.
    public func argmaxOneHot(axis: Int) -> Tensor {
        let isGreatest = 1 - step(maximum(axis: axis) - self)
        let later = isGreatest.sumOfLater(axis: axis)
        return isGreatest * (1 - step(later))
    }

    /// 0, 1, …, count − 1.
    public static func indices(_ count: Int) -> Tensor {
        var result = Tensor.constant(0, [1])
        while result.shape[0] < count {
            let more = Swift.min(result.shape[0], count - result.shape[0])
            let next = result.slice(axis: 0, 0..<more) + Float(result.shape[0])
            result = concatenate([result, next], axis: 0)
        }
        return result
    }

    /// For each element the sum of those behind it along an axis, by doubling distances.
    private func sumOfLater(axis: Int) -> Tensor {
        var (sum, distance) = (shifted(by: 1, axis: axis), 1)
        while distance < shape[axis] {
            sum = sum + sum.shifted(by: distance, axis: axis)
            distance *= 2
        }
        return sum
    }

    /// The element `distance` places further along an axis, and 0 beyond the end.
    private func shifted(by distance: Int, axis: Int) -> Tensor {
        guard distance < shape[axis] else { return .constant(0, shape) }
        let start = [Int](repeating: 0, count: shape.rank)
        return slice(axis: axis, distance..<shape[axis]).padded(into: shape, at: start)
    }

    private func tournament(axis: Int, _ winner: (Tensor, Tensor) -> Tensor) -> Tensor {
        var round = self
        while round.shape[axis] > 1 {
            let (count, half) = (round.shape[axis], round.shape[axis] / 2)
            let winners = winner(round.slice(axis: axis, 0..<half), round.slice(axis: axis, half..<2 * half))
            let last = count % 2 == 1 ? [round.slice(axis: axis, count - 1..<count)] : []
            round = last.isEmpty ? winners : .concatenate([winners] + last, axis: axis)
        }
        return round
    }
}

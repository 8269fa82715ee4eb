import Glibc

extension Interpreter {
    static func unary(_ function: Operation.Unary, _ x: Double) -> Double {
        switch function {
        case .negate: -x
        case .exponential: exp(x)
        case .logarithm: log(x)
        case .squareRoot: x.squareRoot()
        case .tanh: tanh(x)
        case .sigmoid: sigmoid(x)
        // ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|), which neither overflows nor cancels.
        case .softplus: max(x, 0) + log1p(exp(-abs(x)))
        case .leakyReLU(let slope): x > 0 ? x : Double(slope) * x
        case .leakyReLUSlope(let slope): x > 0 ? 1 : Double(slope)
        case .bfloat16: Double(roundedToBFloat16(Float(x)))
        }
    }

    static func binary(_ function: Operation.Binary, _ x: Double, _ y: Double) -> Double {
        switch function {
        case .add: x + y
        case .subtract: x - y
        case .multiply: x * y
        case .divide: x / y
        }
    }

    /// 1 / (1 + e⁻ˣ), with the exponential of a negative number only.
    private static func sigmoid(_ x: Double) -> Double {
        let decay = exp(-abs(x))
        return (x >= 0 ? 1 : decay) / (1 + decay)
    }
}

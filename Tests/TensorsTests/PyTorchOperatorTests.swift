import Tensors
import Testing

/// The interpreter against PyTorch in Float64: values and gradients that `scripts/reference/operators.py` recorded.
@Suite struct PyTorchOperatorTests {
    @Test(arguments: functions.keys.sorted())
    func agreesWithPyTorch(_ name: String) throws {
        let function = try #require(functions[name])
        let reference = try #require(
            OperatorReference.load().cases.first { $0.name == name }, "PyTorch's values of \(name) are not recorded")
        let computed = reference.evaluate(function)
        expectNear(computed[0], reference.result, "result of \(reference.name)")
        for (index, gradient) in reference.gradients.enumerated() {
            expectNear(computed[1 + index], gradient, "gradient of \(reference.name) for operand \(index)")
        }
    }

    @Test func everyFunctionHasItsReference() throws {
        #expect(Set(try OperatorReference.load().cases.map(\.name)) == Set(functions.keys))
    }
}

/// Float64 on both sides: only the order of sums differs.
private func expectNear(_ values: [Double], _ expected: [Double], _ what: Comment) {
    #expect(values.count == expected.count, what)
    for (value, expected) in zip(values, expected) {
        #expect(abs(value - expected) <= 1e-12 * max(1, abs(expected)), what)
    }
}

private func window(_ stride: SIMD2<Int>, _ before: SIMD2<Int>, _ after: SIMD2<Int>) -> Operation.Convolution {
    Operation.Convolution(stride: stride, paddingBefore: before, paddingAfter: after)
}

/// What PyTorch computes in the case of the same name, written in the graph's operations.
private let functions: [String: @Sendable ([Tensor]) -> Tensor] = [
    "exponential": { exp($0[0]) },
    "logarithm": { log($0[0]) },
    "square root": { sqrt($0[0]) },
    "tanh": { tanh($0[0]) },
    "sigmoid": { sigmoid($0[0]) },
    "softplus": { softplus($0[0]) },
    "relu": { relu($0[0]) },
    "leaky relu": { leakyReLU($0[0], slope: 0.125) },
    "silu": { silu($0[0]) },
    "elu": { elu($0[0]) },
    "linear layer": { matrixMultiply($0[0], $0[1], transposeRight: true) + $0[2] },
    "convolution": { convolution($0[0], $0[1], window([1, 1], [0, 0], [0, 0])) },
    "convolution with stride and padding": { convolution($0[0], $0[1], window([2, 2], [1, 1], [1, 1])) },
    "convolution, unlike in its two directions": { convolution($0[0], $0[1], window([2, 1], [1, 2], [1, 2])) },
    "transposed convolution": {
        transposedConvolution($0[0], $0[1], window([2, 2], [0, 0], [0, 0]), outputSize: [7, 5])
    },
    "transposed convolution with padding": {
        transposedConvolution($0[0], $0[1], window([2, 2], [1, 1], [1, 1]), outputSize: [5, 5])
    },
    "transposed convolution, cropped": {
        transposedConvolution($0[0], $0[1], window([2, 2], [1, 1], [2, 2]), outputSize: [6, 6])
    },
    "transposed convolution with output padding": {
        transposedConvolution($0[0], $0[1], window([2, 2], [1, 1], [1, 1]), outputSize: [6, 6])
    },
    "batch normalisation in training": {
        BatchNormalization(of: $0[0], scale: $0[1], offset: $0[2], epsilon: 1e-5).result
    },
    "batch normalisation in inference": {
        let (mean, variance) = ($0[3].withoutGradient(), exp($0[4]).withoutGradient())
        return batchNormalization($0[0], scale: $0[1], offset: $0[2], mean: mean, variance: variance, epsilon: 1e-5)
    },
    "group normalisation of images": {
        groupNormalization($0[0], groups: 3, scale: $0[1], offset: $0[2], epsilon: 0x1p-10)
    },
    "group normalisation of vectors": {
        groupNormalization($0[0], groups: 2, scale: $0[1], offset: $0[2], epsilon: 0x1p-10)
    },
    "average pooling": { averagePooling($0[0], window: 2) },
    "max pooling": { maxPooling($0[0], window: 3) },
    // −log p(x | logits) = softplus(logits) − x · logits
    "Bernoulli negative log-likelihood": { (softplus($0[0]) - sigmoid($0[1]) * $0[0]).sum(axes: [1]) },
    // −log N(x; mean, exp(v)) = ½ (v + (x − mean)² / exp(v) + ln 2π), whose constant is no float32
    "Gaussian negative log-likelihood without its constant": {
        (0.5 * ($0[1] + square($0[2] - $0[0]) * exp(-$0[1]))).sum(axes: [1])
    },
    "divergence from the standard normal": { (0.5 * (exp($0[1]) + square($0[0]) - 1 - $0[1])).sum(axes: [1]) },
]

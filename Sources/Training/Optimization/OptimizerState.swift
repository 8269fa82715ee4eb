import FloatEnvironment
import Optimizer
import Parallel

/// What an optimizer keeps from step to step: numbers for each parameter.
public enum OptimizerState: Hashable, Sendable {
    /// Adam's m and v.
    case moments(first: [Float], second: [Float])
    /// RMSProp's v.
    case meanSquare([Float])
    /// The b of gradient descent with momentum.
    case velocity([Float])

    /// The numbers under the names that checkpoints and digests have for them, in the order of the digest.
    var groups: [(name: String, values: [Float])] {
        switch self {
        case .moments(let first, let second): [("first_moment", first), ("second_moment", second)]
        case .meanSquare(let values): [("mean_square", values)]
        case .velocity(let values): [("velocity", values)]
        }
    }

    /// The same with numbers that are stored under those names.
    func reading(_ values: (_ name: String) throws -> [Float]) throws -> OptimizerState {
        switch self {
        case .moments: .moments(first: try values("first_moment"), second: try values("second_moment"))
        case .meanSquare: .meanSquare(try values("mean_square"))
        case .velocity: .velocity(try values("velocity"))
        }
    }
}

/// One update of some parameters, in pieces.
struct PieceUpdate: Sendable {
    /// A tensor's place among the parameters, and what its gradient is multiplied with.
    struct Slice: Sendable {
        let range: Range<Int>
        let factor: Float
    }

    /// Of all parameters.
    let gradient: [Float]
    let pieces: [Range<Int>]
    /// All tensors.
    let slices: [Slice]
}

extension OptimizerState {
    /// Moves parameters, on several threads.
    ///
    /// - Parameter use: Is called for each piece when it is moved.
    mutating func apply(
        _ update: PieceUpdate, _ coefficients: OptimizerCoefficients, to parameters: inout [Float],
        then use: @Sendable (Range<Int>, Span<Float>) -> Void
    ) {
        // Each array is taken out, so that it has one owner and is written where it is.
        switch (self, coefficients) {
        case (.moments(var first, var second), .adam(let adam)):
            self = .moments(first: [], second: [])
            update.move(&parameters, &first, &second, then: use) { factor, gradient, parameters, first, second in
                updateAdam(
                    adam, factor: factor, gradient: gradient, parameters: &parameters, firstMoment: &first,
                    secondMoment: &second)
            }
            self = .moments(first: first, second: second)
        case (.moments(var first, var second), .decayingAdam(let adam, let decay)):
            self = .moments(first: [], second: [])
            update.move(&parameters, &first, &second, then: use) { factor, gradient, parameters, first, second in
                updateDecayingAdam(
                    adam, decay, factor: factor, gradient: gradient, parameters: &parameters, firstMoment: &first,
                    secondMoment: &second)
            }
            self = .moments(first: first, second: second)
        case (.meanSquare(var square), .rmsProp(let rmsProp)):
            self = .meanSquare([])
            update.move(&parameters, &square, then: use) { factor, gradient, parameters, square in
                updateRMSProp(
                    rmsProp, factor: factor, gradient: gradient, parameters: &parameters, meanSquare: &square)
            }
            self = .meanSquare(square)
        case (.velocity(var velocity), .sgd(let sgd)):
            self = .velocity([])
            update.move(&parameters, &velocity, then: use) { factor, gradient, parameters, velocity in
                updateSGD(sgd, factor: factor, gradient: gradient, parameters: &parameters, velocity: &velocity)
            }
            self = .velocity(velocity)
        case (.moments, _), (.meanSquare, _), (.velocity, _):
            preconditionFailure("the state of one optimizer is moved by another: \(coefficients)")
        }
    }
}

extension PieceUpdate {
    /// Moves slices of parameters with one number for each besides.
    fileprivate func move(
        _ parameters: inout [Float], _ state: inout [Float], then use: @Sendable (Range<Int>, Span<Float>) -> Void,
        _ move: @Sendable (Float, Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void
    ) {
        Parallel.forEach(pieces, of: &parameters, &state) { index, parameters, state in
            let environment = FloatEnvironment.flushToZero()
            defer { environment.restore() }
            for slice in slices where slice.range.overlaps(pieces[index]) {
                let range = slice.range.clamped(to: pieces[index])
                let place = range.offset(by: -pieces[index].lowerBound)
                var moved = parameters._mutatingExtracting(place)
                var state = state._mutatingExtracting(place)
                move(slice.factor, gradient.span.extracting(range), &moved, &state)
            }
            use(pieces[index], parameters.span)
        }
    }

    /// The same with two numbers for each.
    fileprivate func move(
        _ parameters: inout [Float], _ first: inout [Float], _ second: inout [Float],
        then use: @Sendable (Range<Int>, Span<Float>) -> Void,
        _ move:
            @Sendable (
                Float, Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>
            ) -> Void
    ) {
        Parallel.forEach(pieces, of: &parameters, &first, &second) { index, parameters, first, second in
            let environment = FloatEnvironment.flushToZero()
            defer { environment.restore() }
            for slice in slices where slice.range.overlaps(pieces[index]) {
                let range = slice.range.clamped(to: pieces[index])
                let place = range.offset(by: -pieces[index].lowerBound)
                var moved = parameters._mutatingExtracting(place)
                var first = first._mutatingExtracting(place)
                var second = second._mutatingExtracting(place)
                move(slice.factor, gradient.span.extracting(range), &moved, &first, &second)
            }
            use(pieces[index], parameters.span)
        }
    }
}

/// y = W x + b within a buffer of parameters: for each of `outputs` numbers its weights, and then its bias.
struct DenseLayer {
    let inputs: Int
    let outputs: Int
    /// Where its parameters begin.
    let offset: Int

    var count: Int { outputs * (inputs + 1) }

    /// The result for one vector.
    func apply(_ parameters: [Double], to x: ArraySlice<Double>) -> [Double] {
        (0..<outputs).map { output in
            let row = offset + output * (inputs + 1)
            var sum = parameters[row + inputs]
            for index in 0..<inputs { sum += parameters[row + index] * x[x.startIndex + index] }
            return sum
        }
    }

    /// Adds what the result's gradient for one vector means for the parameters, and returns what it means for the vector.
    func propagate(
        _ slopes: [Double], at x: ArraySlice<Double>, _ parameters: [Double], into gradient: inout [Double]
    ) -> [Double] {
        var result = [Double](repeating: 0, count: inputs)
        for output in 0..<outputs where slopes[output] != 0 {
            let row = offset + output * (inputs + 1)
            for index in 0..<inputs {
                gradient[row + index] += slopes[output] * x[x.startIndex + index]
                result[index] += slopes[output] * parameters[row + index]
            }
            gradient[row + inputs] += slopes[output]
        }
        return result
    }

    /// Adds ½ ‖W‖², the prior N(0, 1) of each weight; biases have none.
    func addPrior(_ parameters: [Double], to value: inout Double, _ gradient: inout [Double]) {
        for output in 0..<outputs {
            for place in offset + output * (inputs + 1)..<offset + output * (inputs + 1) + inputs {
                value += 0.5 * parameters[place] * parameters[place]
                gradient[place] += parameters[place]
            }
        }
    }
}

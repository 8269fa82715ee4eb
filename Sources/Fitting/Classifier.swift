import Glibc
import Randomness

/// A classifier that is fitted to all its vectors at once, by the same steps every time.
///
/// Whatever the method, what is made small is the sum of the vectors' losses and ½ ‖W‖² over all weights without biases.
public struct Classifier: Sendable {
    /// What the classes' scores are, and what a vector's loss is.
    public enum Method: String, Sendable, CaseIterable {
        /// Softmax regression: scores W x + b, the loss −ln softmax of the own class.
        case logistic
        /// Linear support vector machines, each class against all others: Σ max(0, 1 − t s)², t = 1 for the own class and −1 for others.
        case svm
        /// The same as `logistic` on 64 hidden units with the hyperbolic tangent.
        case network
    }

    private static let hiddenUnits = 64

    public let method: Method
    private let layers: [DenseLayer]
    private(set) var parameters: [Double]

    /// Fits a classifier.
    public init(_ method: Method, to data: LabelledVectors) {
        self.method = method
        layers = Self.layers(method, inputs: data.width, classes: data.classes)
        parameters = Self.start(layers)
        parameters = Minimizer.minimize(from: parameters) { [self] in loss(of: data, $0) }
    }

    private static func layers(_ method: Method, inputs: Int, classes: Int) -> [DenseLayer] {
        guard method == .network else { return [DenseLayer(inputs: inputs, outputs: classes, offset: 0)] }
        let hidden = DenseLayer(inputs: inputs, outputs: hiddenUnits, offset: 0)
        return [hidden, DenseLayer(inputs: hiddenUnits, outputs: classes, offset: hidden.count)]
    }

    /// Zeros; for hidden units, which would stay alike, keyed numbers within ±1/√inputs.
    private static func start(_ layers: [DenseLayer]) -> [Double] {
        let count = layers.reduce(0) { $0 + $1.count }
        guard layers.count > 1 else { return Array(repeating: 0, count: count) }
        let random = RandomStream(seed: 0, operator: RandomStream.initialisation)
        return layers.flatMap { layer in
            (0..<layer.count).map {
                (2 * random.uniform(layer.offset + $0) - 1) / Double(layer.inputs).squareRoot()
            }
        }
    }

    /// The sum over all vectors, and its gradient.
    func loss(of data: LabelledVectors, _ parameters: [Double]) -> (value: Double, gradient: [Double]) {
        var (value, gradient) = (0.0, [Double](repeating: 0, count: parameters.count))
        for layer in layers { layer.addPrior(parameters, to: &value, &gradient) }
        for (number, label) in data.labels.enumerated() {
            let values = activations(data.vector(number), parameters)
            let scores = layers.last!.apply(parameters, to: values.last!)
            var (loss, slopes) = method == .svm ? Self.hinge(scores, label) : Self.crossEntropy(scores, label)
            value += loss
            for (layer, x) in zip(layers, values).reversed() {
                slopes = layer.propagate(slopes, at: x, parameters, into: &gradient)
                // Before a hidden layer's hyperbolic tangent, whose result is what the next layer took.
                slopes = zip(slopes, x).map { $0 * (1 - $1 * $1) }
            }
        }
        return (value, gradient)
    }

    /// What each layer takes.
    private func activations(_ x: ArraySlice<Double>, _ parameters: [Double]) -> [ArraySlice<Double>] {
        layers.dropLast().reduce(into: [x]) { values, layer in
            values.append(layer.apply(parameters, to: values.last!).map { tanh($0) }[...])
        }
    }

    private static func crossEntropy(_ scores: [Double], _ label: Int) -> (loss: Double, slopes: [Double]) {
        let greatest = scores.max()!
        let sum = scores.reduce(0) { $0 + exp($1 - greatest) }
        var slopes = scores.map { exp($0 - greatest) / sum }
        slopes[label] -= 1
        return (log(sum) + greatest - scores[label], slopes)
    }

    private static func hinge(_ scores: [Double], _ label: Int) -> (loss: Double, slopes: [Double]) {
        var loss = 0.0
        let slopes = scores.enumerated().map { index, score in
            let sign = index == label ? 1.0 : -1
            let lack = max(0, 1 - sign * score)
            loss += lack * lack
            return -2 * sign * lack
        }
        return (loss, slopes)
    }

    /// The class with the greatest score; of several, the first.
    public func label(of vector: ArraySlice<Double>) -> Int {
        let scores = scores(of: vector)
        return scores.firstIndex(of: scores.max()!)!
    }

    /// The softmax of the classes' scores; nil of support vector machines, whose scores are no logarithms of probabilities.
    public func probabilities(of vector: ArraySlice<Double>) -> [Double]? {
        guard method != .svm else { return nil }
        let scores = scores(of: vector)
        let greatest = scores.max()!
        let powers = scores.map { exp($0 - greatest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The K scores of the classes.
    public func scores(of vector: ArraySlice<Double>) -> [Double] {
        layers.last!.apply(parameters, to: activations(vector, parameters).last!)
    }

    /// The share of vectors whose class is told right.
    public func accuracy(on data: LabelledVectors) -> Double {
        let right = data.labels.enumerated().count { number, label in self.label(of: data.vector(number)) == label }
        return Double(right) / Double(data.labels.count)
    }
}

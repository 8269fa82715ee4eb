import Contract
import Optimizer
import Settings

/// How parameters follow gradients. In a configuration file: `optimizer: {adamw: {weight_decay: 0.01}}`.
public enum OptimizerSettings: Hashable, Sendable {
    case adam(Adam)
    case adamW(AdamW)
    case rmsProp(RMSProp)
    case sgd(SGD)

    /// What it keeps from step to step, before the first one.
    ///
    /// - Parameter count: Of parameters.
    func initialState(_ count: Int) -> OptimizerState {
        let zeros = [Float](repeating: 0, count: count)
        return switch self {
        case .adam, .adamW: .moments(first: zeros, second: zeros)
        case .rmsProp: .meanSquare(zeros)
        case .sgd: .velocity(zeros)
        }
    }

    /// The numbers of update t, counted from 1.
    func coefficients(update: Int, learningRate: Double) -> OptimizerCoefficients {
        switch self {
        case .adam(let adam):
            let coefficients = adam.coefficients(update: update, learningRate: learningRate)
            if adam.weightDecay == 0 { return .adam(coefficients) }
            return .decayingAdam(coefficients, WeightDecay(coupled: Float(adam.weightDecay)))
        case .adamW(let adamW):
            let coefficients = adamW.adam.coefficients(update: update, learningRate: learningRate)
            return .decayingAdam(coefficients, adamW.decay(learningRate: learningRate))
        case .rmsProp(let rmsProp): return .rmsProp(rmsProp.coefficients(learningRate: learningRate))
        case .sgd(let sgd): return .sgd(sgd.coefficients(learningRate: learningRate))
        }
    }

    func validate() throws(ConfigurationProblem) {
        let path = "optimizer.\(name.rawValue)"
        switch self {
        case .adam(let adam): try adam.validate(path)
        case .adamW(let adamW): try adamW.validate(path)
        case .rmsProp(let rmsProp): try rmsProp.validate(path)
        case .sgd(let sgd): try sgd.validate(path)
        }
    }
}

/// What is the same for every element of one update.
enum OptimizerCoefficients: Hashable, Sendable {
    case adam(AdamCoefficients)
    case decayingAdam(AdamCoefficients, WeightDecay)
    case rmsProp(RMSPropCoefficients)
    case sgd(SGDCoefficients)
}

extension OptimizerSettings: Codable {
    enum Names: String, CodingKey, CaseIterable {
        case adam
        case adamW = "adamw"
        case rmsProp = "rmsprop"
        case sgd
    }

    private var name: Names {
        switch self {
        case .adam: .adam
        case .adamW: .adamW
        case .rmsProp: .rmsProp
        case .sgd: .sgd
        }
    }

    /// With its defaults.
    private init(_ name: Names) {
        switch name {
        case .adam: self = .adam(Adam())
        case .adamW: self = .adamW(AdamW())
        case .rmsProp: self = .rmsProp(RMSProp())
        case .sgd: self = .sgd(SGD())
        }
    }

    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self), let name = Names(rawValue: word) {
            self.init(name)
            return
        }
        let names = try decoder.container(keyedBy: Names.self)
        guard let name = names.allKeys.first, names.allKeys.count == 1 else {
            let known = Names.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "one optimizer is expected here, of \(known)"))
        }
        switch name {
        case .adam: self = .adam(try names.decode(Adam.self, forKey: name))
        case .adamW: self = .adamW(try names.decode(AdamW.self, forKey: name))
        case .rmsProp: self = .rmsProp(try names.decode(RMSProp.self, forKey: name))
        case .sgd: self = .sgd(try names.decode(SGD.self, forKey: name))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var names = encoder.container(keyedBy: Names.self)
        switch self {
        case .adam(let adam): try names.encode(adam, forKey: name)
        case .adamW(let adamW): try names.encode(adamW, forKey: name)
        case .rmsProp(let rmsProp): try names.encode(rmsProp, forKey: name)
        case .sgd(let sgd): try names.encode(sgd, forKey: name)
        }
    }
}

extension OptimizerSettings.Names: DescribedKey {
    var setting: Setting {
        switch self {
        case .adam: Setting("Adam.", .group(Adam.CodingKeys.self))
        case .adamW:
            Setting("Adam with weight decay that is no part of the gradient.", .group(AdamW.CodingKeys.self))
        case .rmsProp:
            Setting(
                "The gradient over the root of the mean of its squares.", .group(RMSProp.CodingKeys.self),
                otherNames: ["rms_prop"])
        case .sgd:
            Setting("Gradient descent, with momentum.", .group(SGD.CodingKeys.self), otherNames: ["gradient_descent"])
        }
    }
}

extension Setting {
    static var epsilon: Setting {
        Setting(
            "What is added to the root of the mean square.", .number(.atLeast(Double(Float.leastNormalMagnitude))),
            default: "1e-08", otherNames: ["eps"])
    }

    static var coupledWeightDecay: Setting {
        Setting(
            "How much of a parameter is added to its gradient.", .number(.zeroOrMore), default: "0",
            otherNames: ["wd", "l2", "l2_regularization"])
    }
}

func requireDecay(_ decay: Double, _ path: String) throws(ConfigurationProblem) {
    try require(decay >= 0 && decay < 1, path, "a decay is in [0, 1), not \(decay)")
}

func requireEpsilon(_ epsilon: Double, _ path: String) throws(ConfigurationProblem) {
    try require(
        epsilon >= Double(Float.leastNormalMagnitude), "\(path).epsilon", "epsilon is above 0, not \(epsilon)")
}

func requireWeightDecay(_ weightDecay: Double, _ path: String) throws(ConfigurationProblem) {
    try require(
        weightDecay >= 0 && weightDecay < .infinity, "\(path).weight_decay",
        "weight decay is 0 or more, not \(weightDecay)")
}

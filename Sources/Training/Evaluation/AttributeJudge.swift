import Optimizer
import Randomness
import Tensors
import VAE

/// Tells what is true of images, by a network that was trained on real ones: what pictures that a model changed are judged by.
///
/// 4,000 steps of Adam on 32 images each, drawn by keyed random numbers; the learning rate falls from 0.002 to 0 in a straight line. So a
/// judge is a function of its images and the engine.
public final class AttributeJudge {
    private let network: AttributeNetwork
    private let runner: BatchRunner

    public static let steps = 4000
    public static let batch = 32
    private static let learningRate = 0.002

    /// What is known of an image: y, nil for what nobody knows.
    public typealias Truth = [Bool?]

    /// Trains a judge.
    ///
    /// - Parameters:
    ///   - images: What images are.
    ///   - count: How many images there are to learn from.
    ///   - progress: Is told after each step how many there were.
    ///   - examples: The pixels of some images, (B, C, H, W) in bytes, and what is true of each.
    public init(
        _ images: ImageDescription, attributes: Int, count: Int, engine: any Engine,
        progress: (Int) -> Void = { _ in }, examples: ([Int]) throws -> (pixels: [UInt8], truth: [Truth])
    ) throws {
        network = try AttributeNetwork(images: images, attributes: attributes)
        var training = try JudgeTraining(network, engine)
        let random = RandomStream(seed: 0, operator: RandomStream.shuffle)
        for step in 0..<Self.steps {
            let chosen = (0..<Self.batch).map { Int(random.uniform(step * Self.batch + $0) * Double(count)) }
            let (pixels, truth) = try examples(chosen)
            training.step(
                pixels, truth, learningRate: Self.learningRate * Double(Self.steps - step) / Double(Self.steps))
            progress(step + 1)
        }
        runner = try BatchRunner(network.logitsGraph(count: Self.batch), batch: Self.batch, engine: engine)
        runner.load(ParameterArrays(parameters: training.parameters, statistics: []))
    }

    /// Which attributes each image has, image by image.
    ///
    /// - Parameter pixels: Numbers from 0 to 1, (count, C, H, W).
    public func attributes(of pixels: [Float]) -> [[Bool]] {
        let logits = runner.run(pixels, seed: 0)[0]
        return stride(from: 0, to: logits.count, by: network.attributes).map { start in
            logits[start..<start + network.attributes].map { $0 > 0 }
        }
    }
}

/// The parameters of a judge in training, and what Adam keeps of each.
private struct JudgeTraining {
    private(set) var parameters: [Float]
    private var firstMoment: [Float]
    private var secondMoment: [Float]
    private var gradient: [Float]
    private let executable: any Executable
    private var update = 0

    init(_ network: AttributeNetwork, _ engine: any Engine) throws {
        parameters = network.initialParameters(seed: 0)
        firstMoment = Array(repeating: 0, count: parameters.count)
        secondMoment = firstMoment
        gradient = firstMoment
        executable = try engine.compile(network.trainingGraph(count: AttributeJudge.batch))
    }

    mutating func step(_ pixels: [UInt8], _ truth: [AttributeJudge.Truth], learningRate: Double) {
        var inputs = [Float](repeating: 0, count: pixels.count)
        writeUnitInterval(pixels[...], to: &inputs, inputs.indices)
        let known = truth.flatMap(\.self)
        inputs += known.map { $0 == true ? 1 : 0 }
        inputs += known.map { $0 == nil ? 0 : 1 }
        executable.load(parameters: parameters, statistics: [])
        executable.run(inputs: inputs, noise: NoiseKeys(seed: 0), into: &gradient)
        update += 1
        Adam().coefficients(update: update, learningRate: learningRate).update(
            &parameters, &firstMoment, &secondMoment, gradient: gradient, factor: 1 / Float(AttributeJudge.batch))
    }
}

import Foundation
import Pictures
import Tensors
import Training
import VAE
import Web

/// A trained model that answers what a page asks: the picture of a code, the code of a picture, a draw from the prior.
///
/// Each answer is a function of the request and of the run's files, which it only reads; nothing that is asked changes another answer.
public actor Explorer {
    let run: ExploredRun
    let survey: Survey
    let model: ImageModel
    /// The step of the checkpoint that the page begins with.
    let firstStep: Int
    private var states: LoadedStates
    /// The step whose state the model has.
    private var current: Int
    private var curves: Curves?

    /// - Parameters:
    ///   - checkpoint: What the page begins with.
    ///   - survey: Of the checkpoint's codes.
    /// - Throws: What `TrainingProgram` throws, and `Unexplorable` for a model that there is nothing to decode of.
    public init(
        _ run: ExploredRun, _ checkpoint: Checkpoint, _ survey: Survey, engine: any Engine, weights: Weights
    ) throws {
        self.run = run
        self.survey = survey
        model = try ImageModel(checkpoint, engine: engine, weights: weights, batch: 1)
        try Unexplorable.check(model.program.configuration.model)
        firstStep = checkpoint.state.step
        current = checkpoint.state.step
        states = LoadedStates(checkpoint.state) { try run.read($0).state }
        curves = run.metrics.map { Curves($0) }
    }

    var images: ImageDescription { model.program.configuration.model.images }

    /// Makes the model that of a step; nil for the one that the page began with.
    ///
    /// - Throws: `Refusal` where there is no such checkpoint, or where it cannot be read.
    func load(_ step: Int?) throws {
        let step = step ?? firstStep
        guard step != current else { return }
        guard step == firstStep || (try? run.steps().contains(step)) == true else {
            throw Refusal(404, "the run has no checkpoint of step \(step) any more")
        }
        do { model.load(try states.state(ofStep: step)) } catch { throw Refusal(404, "\(error)") }
        current = step
    }

    /// The mean image of a code, as PNG.
    func picture(of code: [Float]) throws -> [UInt8] {
        guard code.count == model.codeCount, code.allSatisfy(\.isFinite) else {
            throw Refusal(400, "a code of this model is \(model.codeCount) numbers, and these are \(code.count)")
        }
        let pixels = try model.decode(code)
        return try PNG.encode(
            Image(planar: pixels, channels: images.channels, height: images.height, width: images.width))
    }

    /// The run's curves, as far as they are read; nil where there are none.
    func readCurves() -> Curves.Summary? { curves?.summary() }
}

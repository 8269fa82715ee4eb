import Foundation
import OneDNN
import Tensors
import Testing
import VAE

/// One training step of each preset against Float64 PyTorch: what `scripts/reference/training_step.py` recorded.
@Suite struct PyTorchStepTests {
    @Test(arguments: PresetStep.presets + PresetStep.labelPresets)
    func engineAgreesWithPyTorch(_ preset: String) throws {
        try PresetStep(preset).expectAgreement(with: StepReference(preset), on: testedEngine())
    }

    @Test func interpreterAgreesWithPyTorch() throws {
        try PresetStep("mlp").expectAgreement(with: StepReference("mlp"), on: Interpreter())
    }

    /// The gradients as float32, little-endian, for `training_step.py --compare`, which knows the differences exactly.
    @Test(
        .enabled(if: gradientDirectory != nil, "only `scripts/test --full` compares with PyTorch itself"),
        arguments: PresetStep.presets)
    func writesGradientForExactComparison(_ preset: String) throws {
        let gradient = try PresetStep(preset).run(on: testedEngine(), StepReference(preset)).gradient
        let bytes = gradient.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
        }
        try Data(bytes).write(to: URL(filePath: gradientDirectory!).appending(path: "\(preset).float32"))
    }
}

private let gradientDirectory = ProcessInfo.processInfo.environment["TRIBUTARY_GRADIENT_DIRECTORY"]

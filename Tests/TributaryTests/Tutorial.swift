import Tributary

/// The program of the article `Programs.md`, which a test compares with this: every line of one is a line of the other, in the same order.
func runTutorial() async throws {
    let faces = try Dataset("faces.h5")

    var configuration = try Configuration(preset: "face", for: faces)
    configuration.epochs = 3
    configuration.seed = 7

    let run = Run("runs/faces")
    let outcome = try await run.train(configuration, on: faces) { event in
        if case .evaluated(let heldOut) = event {
            print("epoch \(heldOut.epoch): held-out -ELBO \(heldOut.negativeELBO) nats")
        }
    }
    print(outcome.step, outcome.digest)

    let model = try Model(run.directory)
    let codes = try model.encode(faces.images([3, 5], in: .valid))
    let way = (0...6).map { step in
        zip(codes[0], codes[1]).map { $0 + ($1 - $0) * Float(step) / 6 }
    }
    try model.decode(way).write(toPNG: "way.png", columns: 7)
    try model.sample(64).write(toPNG: "samples.png")

    let checkpoint = model.checkpoint
    print(checkpoint.state.step, checkpoint.history.valid.last?.negativeELBO ?? .nan)
}

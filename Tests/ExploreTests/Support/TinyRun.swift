import Contract
import Foundation
import Pictures
import Tensors
import Training
import TrainingTestSupport
import VAE

@testable import Explore
@testable import Web

/// A model of 1 x 4 x 4 images with three checkpoints, and what explores it.
struct TinyRun {
    let program: TrainingProgram
    let checkpoints: [Int: Checkpoint]
    let source = RandomExamples()

    init() throws {
        let program = try TrainingProgram(
            .tiny, trainingExamples: source.trainingCount, validationExamples: source.validationCount)
        self.program = program
        let contract = try program.contract(engine: Interpreter(), dataFingerprint: source.fingerprint)
        var trainer = try LocalTrainer(
            program, engine: Interpreter(), source: source, state: program.initialState())
        var checkpoints: [Int: Checkpoint] = [:]
        for step in [2, 4, 6] {
            try trainer.train(to: step)
            checkpoints[step] = Checkpoint(contract: contract, run: "r", state: trainer.state, history: History())
        }
        self.checkpoints = checkpoints
    }

    /// The middle of a picture.
    static let fit: @Sendable ([UInt8]) throws -> [UInt8] = { bytes in
        try Picture(bytes, name: "that was sent").image.centerCropped(width: 4, height: 4).planarPixels
    }

    func model(_ step: Int = 6, batch: Int = 16) throws -> ImageModel {
        try ImageModel(checkpoints[step]!, engine: Interpreter(), batch: batch)
    }

    func explorer(metrics: String? = nil, hasExamples: Bool = true) throws -> Explorer {
        let run = ExploredRun(
            name: "tiny", steps: { [2, 4, 6] }, read: { [checkpoints] in try checkpoints[$0].orThrow() },
            metrics: metrics,
            examples: hasExamples ? ExploredRun.Examples(source, .valid) : nil, fit: Self.fit)
        let codes = try model().means(source.pixels(of: Array(0..<37), in: .train))
        let survey = Survey(codes: codes, latents: 2, facts: [])
        return try Explorer(run, checkpoints[6]!, survey, engine: Interpreter(), weights: .average)
    }
}

extension Optional {
    fileprivate func orThrow() throws -> Wrapped {
        guard let self else { throw CocoaError(.fileNoSuchFile) }
        return self
    }
}

extension Request {
    static func get(_ target: String) throws -> Request {
        Request(try RequestHead(Array("GET \(target) HTTP/1.1\r\nHost: localhost:8080".utf8)))
    }

    static func post(_ target: String, _ body: [UInt8]) throws -> Request {
        let head = "POST \(target) HTTP/1.1\r\nHost: localhost:8080\r\nContent-Length: \(body.count)"
        return Request(try RequestHead(Array(head.utf8)), body: body)
    }

    static func post(_ target: String, _ body: String) throws -> Request { try post(target, Array(body.utf8)) }
}

extension Answer {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The numbers of {"code": [numbers]}.
    var code: [Float]? {
        struct Code: Decodable { let code: [Float] }
        return try? JSONDecoder().decode(Code.self, from: Data(body)).code
    }
}

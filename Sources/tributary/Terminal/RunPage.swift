import Cluster
import Explore
import Ingest
import Tensors
import Training
import Tributary
import VAE
import Web

/// The page of `explore`, served to this machine while a run goes on. It reads what the run writes, and changes nothing of it.
final class RunPage {
    let recorder = ActivityRecorder()
    private let serving: Serving

    /// Images whose codes make the map and the directions; few, since the run wants the processor.
    private static let surveyed = 1000

    /// - Throws: `ListeningError`, and `Unexplorable` for a model that no page can show.
    init(_ options: CoordinatorOptions, port: Int) throws {
        let description = options.configuration.model
        try Unexplorable.check(description)
        let server = try WebServer(address: "127.0.0.1", port: UInt16(port))
        let codeCount = try VariationalAutoencoder(description, options.configuration.objective).codeCount
        let source = options.source as? DatasetSource
        let fitting = try PictureFitting(description.images, like: source)
        let run = RunFiles.run(in: options.directory, source.map(SurveyedImages.examples), fitting) { [recorder] in
            recorder.activity
        }
        let explorer = RunExplorer(run) { try Self.explorer(run, $0, source, options.engine) }
        serving = Serving {
            try await server.run(Admission(.loopback, codeCount: codeCount).admit) { await explorer.answer($0) }
        }
        Terminal.standardError.line("page: http://127.0.0.1:\(server.port.map(Int.init) ?? port)/")
    }

    private static func explorer(
        _ run: ExploredRun, _ checkpoint: Checkpoint, _ source: DatasetSource?, _ engine: any Engine
    ) throws -> Explorer {
        let model = try ImageModel(checkpoint, engine: engine)
        let survey =
            try source.map { try SurveyedImages.survey(of: $0, model, most: surveyed) } ?? Survey(of: model)
        return try Explorer(run, checkpoint, survey, engine: engine, weights: .average)
    }

    func end() { serving.cancel() }
}

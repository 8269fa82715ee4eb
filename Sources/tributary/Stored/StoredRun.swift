import ConfigurationFiles
import Contract
import Files
import Training
import VAE

/// A run that is to go on: what it began with, as its newest checkpoint holds it.
struct StoredRun {
    private let directory: String
    private let contract: Contract
    private let images: ImageDescription
    /// How the run reads its file.
    let data: DataDescription?

    /// Nil where there is no run, or none that reached a checkpoint.
    ///
    /// - Throws: One sentence: the directory is in use, no checkpoint can be read, or all that there were are gone.
    init?(in directory: String) throws {
        let paths = RunPaths(directory)
        guard paths.holdRun else { return nil }
        try RunDirectory.requireFree(directory)
        let store = CheckpointStore(directory: paths.checkpoints, check: ForeignFile.checkpoint.requireSafe)
        guard let newest = try store.newest() else {
            try paths.requireNoRecordWithoutCheckpoint()
            return nil
        }
        self.directory = directory
        contract = newest.checkpoint.contract
        let configuration = try RunConfiguration(contract)
        images = configuration.model.images
        data = configuration.data
    }

    /// What the run was trained on, for a preset that is sized by it.
    var imageSet: ImageSet { ImageSet(images, trainingExamples: contract.trainingExamples) }

    /// Refuses another configuration, before anything is read.
    ///
    /// - Throws: `ContractConflict`.
    func require(_ configuration: RunConfiguration) throws {
        try configuration.requireEqual(to: contract, of: "the run in \(directory)")
    }

    /// Refuses other images.
    ///
    /// - Throws: `UsageProblem` with how both differ.
    func require(_ source: some ExampleSource, file: String) throws {
        let found = ImageDescription(channels: source.channels, height: source.height, width: source.width)
        let here = Self.text(source.count(.train), source.count(.valid), found)
        let there = Self.text(contract.trainingExamples, contract.validationExamples, images)
        let fingerprint = try TrainingProgram(contract).fingerprint(of: source)
        guard here != there || fingerprint != contract.dataFingerprint else { return }
        let difference =
            here == there
            ? "it holds as many images of the same size (\(here)), but not the same ones"
            : "the run has \(there), and the file \(here)"
        throw UsageProblem(
            "\(file) is not what the run in \(directory) was trained on: \(difference). Name the run's own file with --data, or "
                + "begin a new run in another directory")
    }

    private static func text(_ training: Int, _ heldOut: Int, _ images: ImageDescription) -> String {
        "\(training) images of \(images.height) x \(images.width) x \(images.channels) to train on and \(heldOut) held out"
    }
}

import ConfigurationFiles
import Files
import Ingest
import Training

extension RunOptions {
    /// What this machine can tell of a run that is to start on another: files that are not here may be there.
    ///
    /// - Returns: A sentence for each file that is missing here.
    /// - Throws: What no other machine makes right, in the coordinator's words: no such preset, a configuration that cannot be, or another than
    ///   the run began with.
    func doubtsElsewhere() throws -> [String] {
        let missing = [("--config", config), ("--data", data)].compactMap { option, path in
            path.flatMap { FileStatus($0) == nil ? "\(option) \($0)" : nil }
        }
        let begins = preset != nil || config != nil
        let noRun = !begins && !RunPaths(out).holdRun ? ["a run in --out \(out), to go on with,"] : []
        let configuration = canBeConfiguredHere ? try configuration(of: StoredRun(in: out)) : nil
        if FileStatus(data) != nil { try requireUsable(data, for: configuration) }
        return (missing + noRun).map {
            "\($0) is not on this machine: it must be where the job starts, under the same path"
        }
    }

    /// Opens the data, and reads none of its images, which may take long.
    private func requireUsable(_ data: String, for configuration: RunConfiguration?) throws {
        let images = try DatasetSource.open(data, configuration?.data ?? reading.added(to: nil))
        let choice = try images.choice()
        guard let configuration, configuration.labels == nil else { return }
        let program = try TrainingProgram(
            configuration, trainingExamples: choice.train.rows.count,
            validationExamples: choice.heldOut?.rows.count ?? 0)
        try program.check(channels: images.shape.channels, height: images.shape.height, width: images.shape.width)
    }

    /// A preset that is made for the data's size needs the data; what goes on needs the run.
    private var canBeConfiguredHere: Bool {
        if let config { return FileStatus(config) != nil }
        guard let preset else { return RunPaths(out).holdRun }
        return FileStatus(data) != nil || !RunConfiguration.sizedPresetNames.contains(preset)
    }
}

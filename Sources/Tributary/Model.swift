import ConfigurationFiles
import Files
import OneDNN
import Training
import VAE

/// A trained model at work, in inference mode. One thread uses it at a time.
///
///     let model = try Model("runs/faces")
///     let codes = try model.encode(faces.images(0..<8))
///     let images = try model.decode(codes)
public final class Model {
    /// What the file holds: the contract, the state with its digest, the history of the negative ELBO.
    public let checkpoint: Checkpoint
    private let model: ImageModel

    /// Reads a checkpoint, or the newest of a run directory that verifies. A moving average of the weights is used where one is kept.
    ///
    /// The HDF5 library reads it in this process, and crashes on some files that were made to do harm: open none from strangers.
    ///
    /// - Throws: One sentence: there is no run, no checkpoint, or none that is whole.
    public init(_ path: String) throws {
        checkpoint = try Self.read(path)
        model = try ImageModel(checkpoint, engine: OneDNNEngine())
    }

    private static func read(_ path: String) throws -> Checkpoint {
        guard FileStatus(path)?.kind == .directory else {
            return try Checkpoint(PosixFileSystem().read(path), file: path)
        }
        let paths = RunPaths(path)
        try paths.requireRun()
        guard let newest = try CheckpointStore(directory: paths.checkpoints).newest() else {
            throw UsageProblem("the run in \(path) has no checkpoint yet")
        }
        return newest.checkpoint
    }

    /// What `decode` takes of every image: the mean of q(z|x), then the probable label where encoder and decoder take one, one-hot.
    public func encode(_ images: Images) throws -> [[Float]] {
        rows(try model.codes(bytes(of: images)), of: model.codeCount)
    }

    /// The mean of p(x|z) for every code.
    public func decode(_ codes: [[Float]]) throws -> Images {
        for code in codes {
            precondition(
                code.count == model.codeCount, "a code of this model is \(model.codeCount) numbers, not \(code.count)")
        }
        return images(try model.decode(codes.flatMap(\.self)))
    }

    /// The mean of p(x|z) at the mean of q(z|x), for every image.
    public func reconstruct(_ images: Images) throws -> Images { self.images(try model.reconstruct(bytes(of: images))) }

    /// The mean of p(x|z) for latents that are drawn from the prior.
    ///
    /// - Parameters:
    ///   - count: How many images.
    ///   - seed: Fixes the latents; the first ones do not depend on the count.
    public func sample(_ count: Int, seed: UInt64 = 1) throws -> Images {
        images(try model.sample(count: count, seed: seed))
    }

    private func rows(_ values: [Float], of width: Int) -> [[Float]] {
        stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }

    private func bytes(of images: Images) -> [UInt8] {
        let own = model.program.configuration.model.images
        precondition(
            (images.channels, images.height, images.width) == (own.channels, own.height, own.width),
            "this model takes images of \(own.channels) x \(own.height) x \(own.width), not of \(images.channels) x "
                + "\(images.height) x \(images.width)")
        return images.bytes
    }

    private func images(_ values: [Float]) -> Images {
        let own = model.program.configuration.model.images
        return Images(channels: own.channels, height: own.height, width: own.width, values: values)
    }
}

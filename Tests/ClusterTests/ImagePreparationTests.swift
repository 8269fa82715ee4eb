import Testing
import Training
import VAE

@testable import Cluster

/// Drawn pixels and mirrored images on clusters of every size.
@Suite struct ImagePreparationTests {
    private static let options: [ImageDescription] = [
        ImageDescription(channels: 1, height: 4, width: 4, binarize: .dynamic),
        ImageDescription(channels: 1, height: 4, width: 4, binarize: .static),
        ImageDescription(channels: 1, height: 4, width: 4, flip: 0.5),
        ImageDescription(channels: 1, height: 4, width: 4, dequantize: true),
        ImageDescription(channels: 1, height: 4, width: 4, binarize: .dynamic, flip: 0.25),
    ]

    @Test(arguments: options, 1...3)
    func anyClusterDrawsTheSame(images: ImageDescription, workers: Int) throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let plain = try cluster.localDigests()
        cluster.configuration.model.images = images
        let local = try cluster.localDigests()
        #expect(local.last != plain.last)
        #expect(try cluster.run(workers: workers).digest == local.last)
        #expect(try cluster.recordedDigests() == local)
    }
}

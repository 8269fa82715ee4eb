import Pictures
import Training
import VAE

extension ImageModel {
    /// The images of a planar buffer, (count, C, H, W).
    func pictures(_ values: [Float]) -> [Image] {
        let images = program.configuration.model.images
        return (0..<values.count / program.pixelsPerExample).map {
            Image(planar: values, index: $0, channels: images.channels, height: images.height, width: images.width)
        }
    }

    func pictures(_ values: [UInt8]) -> [Image] {
        let images = program.configuration.model.images
        return (0..<values.count / program.pixelsPerExample).map {
            Image(planar: values, index: $0, channels: images.channels, height: images.height, width: images.width)
        }
    }
}

import Ingest
import Tributary
import VAE

extension PictureFitting {
    /// For a model's images: as those of a file were made, where there is one.
    init(_ images: ImageDescription, like source: DatasetSource?) throws {
        if let source {
            try self.init(like: source.dataset)
        } else {
            self.init(ImageShape(channels: images.channels, height: images.height, width: images.width))
        }
    }
}

import Files
import Pictures
import Storage

/// Brings pictures from elsewhere to the shape of a dataset's images, as `data import` does.
public struct PictureFitting: Sendable {
    private let shape: ImageShape
    private let crop: CelebACrop?

    /// Covers the shape with the picture and cuts what stands out at two sides.
    public init(_ shape: ImageShape) {
        self.shape = shape
        crop = nil
    }

    /// The same; but a picture of the size of CelebA's aligned images is cropped as the dataset's were, where the file says how.
    public init(like dataset: ImageDataset) throws {
        shape = dataset.shape
        let root = try File.open(dataset.path).root
        crop = (try? root.attribute("crop")).flatMap { CelebACrop(named: $0) }
    }

    /// The largest file that is read.
    private static let mostBytes = 1 << 28

    /// The pixels of a JPEG, PNG or WebP, (C, H, W).
    ///
    /// - Throws: `FileError`, `PictureError`, `DataError` where it cannot be read or is no such picture.
    public func pixels(of path: String) throws -> [UInt8] {
        try pixels(of: PosixFileSystem().read(path, atMost: Self.mostBytes), named: path)
    }

    /// The same of a file's bytes.
    public func pixels(of bytes: [UInt8], named name: String) throws -> [UInt8] {
        let image = try Picture(bytes, name: name).image
        let isAligned = image.width == CelebACrop.imageWidth && image.height == CelebACrop.imageHeight
        let crop = isAligned ? crop.map { PictureCrop.celeba($0) } : nil
        return try ImageShaper(shape: shape, crop: crop ?? .none, resize: .cover, only: nil).pixels(
            of: image, named: name)
    }
}

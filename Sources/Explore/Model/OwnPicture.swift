import Pictures
import VAE

extension Image {
    /// A picture from outside as a model takes images: the largest middle part of the right shape, resized, grey or in colour.
    func fitted(to images: ImageDescription) -> Image {
        let part = min(width, max(1, height * images.width / images.height))
        let rows = min(height, max(1, width * images.height / images.width))
        let middle = centerCropped(width: part, height: rows)
        let colored = images.channels == 1 ? middle.grey : middle
        let resized = colored.resized(width: images.width, height: images.height)
        return resized.channels == images.channels ? resized : resized.spreadOverColors
    }

    /// Grey as red, green and blue.
    private var spreadOverColors: Image {
        Image(width: width, height: height, channels: 3, pixels: pixels.flatMap { [$0, $0, $0] })
    }
}

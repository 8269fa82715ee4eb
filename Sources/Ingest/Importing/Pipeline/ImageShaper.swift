import Pictures

/// Makes every picture one of the same shape: cropped, resized, grey or RGB.
struct ImageShaper: Sendable {
    let shape: ImageShape
    let crop: PictureCrop
    let resize: ResizeRule
    /// The only size that pictures may have, with what to call them.
    let only: (size: PictureSize, name: String)?

    /// The pixels channel by channel.
    ///
    /// - Throws: `DataError` where the picture is too small for the crop, or not of the only size.
    func pixels(of image: Image, named place: String) throws -> [UInt8] {
        if let only, image.width != only.size.width || image.height != only.size.height {
            throw DataError(place, "is \(image.width) × \(image.height); \(only.name) are \(only.size)")
        }
        let colored = shape.channels == 1 ? image.grey : image
        let planar = resized(try cropped(colored, place)).planarPixels
        // Grey is copied last, when it is small.
        return image.channels == 1 && shape.channels == 3 ? planar + planar + planar : planar
    }

    /// The rows that the crop keeps of a picture of so many columns and rows; all where it does not fit.
    func rows(width: Int, height: Int) -> Range<Int> {
        switch crop {
        case .center(let size) where size.height <= height:
            (height - size.height) / 2..<(height - size.height) / 2 + size.height
        case .celeba(let crop) where width == CelebACrop.imageWidth && height == CelebACrop.imageHeight: crop.rows
        default: 0..<height
        }
    }

    private func cropped(_ image: Image, _ place: String) throws -> Image {
        switch crop {
        case .none: return image
        case .center(let size):
            guard size.width <= image.width, size.height <= image.height else {
                throw DataError(
                    place, "is \(image.width) × \(image.height), too small for --crop \(size.width)x\(size.height)")
            }
            return image.centerCropped(width: size.width, height: size.height)
        case .celeba(let crop):
            guard image.width == CelebACrop.imageWidth, image.height == CelebACrop.imageHeight else {
                throw DataError(
                    place,
                    "is \(image.width) × \(image.height); the crop \(crop.name) is for \(CelebACrop.imageWidth) × \(CelebACrop.imageHeight)"
                )
            }
            return crop.apply(image, size: shape.width)
        }
    }

    private func resized(_ image: Image) -> Image {
        let (width, height) = (shape.width, shape.height)
        guard image.width != width || image.height != height else { return image }
        switch resize {
        case .stretch: return image.resized(width: width, height: height)
        case .cover: return covering(image)
        case .fit:
            let isWide = image.width * height >= image.height * width
            let scaledWidth = isWide ? width : max(1, (image.width * height + image.height / 2) / image.height)
            let scaledHeight = isWide ? max(1, (image.height * width + image.width / 2) / image.width) : height
            return image.resized(width: min(width, scaledWidth), height: min(height, scaledHeight)).padded(
                width: width, height: height)
        }
    }

    /// Resized so that both sides are covered, then cut, as torchvision's `Resize` and `CenterCrop` do.
    private func covering(_ image: Image) -> Image {
        let (width, height) = (shape.width, shape.height)
        let image = withoutFarEnds(image)
        let isWide = image.width * height >= image.height * width
        // In whole numbers, so that no side comes out one short.
        let scaledWidth = isWide ? max(width, (image.width * height + image.height / 2) / image.height) : width
        let scaledHeight = isWide ? height : max(height, (image.height * width + image.width / 2) / image.width)
        return image.resized(width: scaledWidth, height: scaledHeight).centerCropped(width: width, height: height)
    }

    /// What is many times longer than it will be is cut first: resized whole, a line of a pixel's width would fill the memory.
    private func withoutFarEnds(_ image: Image) -> Image {
        let longest = 8
        let width = min(image.width, max(1, longest * shape.width * image.height / shape.height))
        let height = min(image.height, max(1, longest * shape.height * image.width / shape.width))
        return width == image.width && height == image.height
            ? image : image.centerCropped(width: width, height: height)
    }
}

extension Image {
    /// Cuts out the rectangle whose upper left corner is (x, y). It must lie within the image.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
        precondition(
            x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= self.width && y + height <= self.height,
            "a crop of \(width)x\(height) at (\(x), \(y)) does not lie in an image of \(self.width)x\(self.height)")
        var result: [UInt8] = []
        result.reserveCapacity(width * height * channels)
        for row in y..<y + height {
            result += pixels[offset(x, row)..<offset(x, row) + width * channels]
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    /// Cuts out the middle. A margin that is odd is one pixel smaller on the left and on top.
    ///
    /// Torchvision's `CenterCrop` rounds half to even instead: the two agree where margins are even, as for
    /// CelebA's usual 148 x 148 out of 178 x 218.
    public func centerCropped(width: Int, height: Int) -> Image {
        cropped(x: (self.width - width) / 2, y: (self.height - height) / 2, width: width, height: height)
    }
}

extension Image {
    /// The picture in the middle of a black one. A margin that is odd is one pixel smaller on the left and on top.
    public func padded(width: Int, height: Int) -> Image {
        precondition(width >= self.width && height >= self.height, "\(width)x\(height) does not hold the picture")
        var result = [UInt8](repeating: 0, count: width * height * channels)
        let (left, top) = ((width - self.width) / 2, (height - self.height) / 2)
        for row in 0..<self.height {
            let start = ((top + row) * width + left) * channels
            result.replaceSubrange(
                start..<start + self.width * channels,
                with: pixels[offset(0, row)..<offset(0, row) + self.width * channels])
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}

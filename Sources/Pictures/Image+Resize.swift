extension Image {
    /// Resizes without aliasing: each new pixel is a weighted mean of the old ones its kernel covers.
    ///
    /// Columns first, then rows, rounding to 8 bits between, as Pillow's `Image.resize` does. The aspect ratio is the
    /// caller's affair.
    /// - Complexity: O(pixels · kernel width).
    public func resized(width: Int, height: Int, filter: ResizeFilter = .bilinear) -> Image {
        precondition(width > 0 && height > 0, "an image cannot be resized to \(width)x\(height)")
        let narrowed = width == self.width ? self : resizedColumns(to: width, filter)
        return height == self.height ? narrowed : narrowed.resizedRows(to: height, filter)
    }

    private func resizedColumns(to width: Int, _ filter: ResizeFilter) -> Image {
        let weights = ResizeWeights(from: self.width, to: width, filter: filter)
        var result = [UInt8](repeating: 0, count: width * height * channels)
        for y in 0..<height {
            for x in 0..<width {
                let source = offset(weights.first[x], y)
                for channel in 0..<channels {
                    result[(y * width + x) * channels + channel] =
                        weighted(weights, x, from: source + channel, step: channels)
                }
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    private func resizedRows(to height: Int, _ filter: ResizeFilter) -> Image {
        let weights = ResizeWeights(from: self.height, to: height, filter: filter)
        let row = width * channels
        var result = [UInt8](repeating: 0, count: row * height)
        for y in 0..<height {
            let source = weights.first[y] * row
            for x in 0..<row { result[y * row + x] = weighted(weights, y, from: source + x, step: row) }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    /// One output value: the weighted sum of `pixels[start], pixels[start + step], ...`, rounded and clamped.
    private func weighted(_ weights: ResizeWeights, _ index: Int, from start: Int, step: Int) -> UInt8 {
        var sum = 1 << (ResizeWeights.fractionBits - 1)
        let tap = index * weights.stride
        for k in 0..<weights.count[index] {
            sum += Int(pixels[start + k * step]) * weights.values[tap + k]
        }
        return UInt8(clamping: sum >> ResizeWeights.fractionBits)
    }
}

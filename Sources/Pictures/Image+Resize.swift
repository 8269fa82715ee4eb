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
        let result = unsafe [UInt8](unsafeUninitializedCapacity: width * height * channels) { result, count in
            unsafe pixels.withUnsafeBufferPointer { source in
                unsafe weights.values.withUnsafeBufferPointer { values in
                    var place = 0
                    for y in 0..<height {
                        for x in 0..<width {
                            let taps = unsafe UnsafeBufferPointer(
                                rebasing: values[x * weights.stride..<(x + 1) * weights.stride])
                            let start = (y * self.width + weights.first[x]) * channels
                            for channel in 0..<channels {
                                unsafe result[place] = Self.weighted(
                                    source, from: start + channel, step: channels, taps, weights.count[x])
                                place += 1
                            }
                        }
                    }
                }
            }
            count = width * height * channels
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    /// One output value: the weighted sum of `source[start], source[start + step], ...`, rounded and clamped.
    private static func weighted(
        _ source: UnsafeBufferPointer<UInt8>, from start: Int, step: Int, _ taps: UnsafeBufferPointer<Int32>,
        _ count: Int
    ) -> UInt8 {
        var sum = ResizeWeights.half
        for tap in 0..<count { unsafe sum &+= Int32(source[start &+ tap &* step]) &* taps[tap] }
        return UInt8(clamping: sum >> ResizeWeights.fractionBits)
    }

    /// A whole row at once, tap by tap, which the compiler turns into vectors.
    private func resizedRows(to height: Int, _ filter: ResizeFilter) -> Image {
        let weights = ResizeWeights(from: self.height, to: height, filter: filter)
        let row = width * channels
        var sums = [Int32](repeating: 0, count: row)
        let result = unsafe [UInt8](unsafeUninitializedCapacity: row * height) { result, count in
            unsafe pixels.withUnsafeBufferPointer { source in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<height {
                        for x in 0..<row { unsafe sums[x] = ResizeWeights.half }
                        for tap in 0..<weights.count[y] {
                            let weight = weights.values[y * weights.stride + tap]
                            let line = (weights.first[y] + tap) * row
                            for x in 0..<row { unsafe sums[x] &+= Int32(source[line &+ x]) &* weight }
                        }
                        for x in 0..<row {
                            unsafe result[y * row + x] = UInt8(clamping: sums[x] >> ResizeWeights.fractionBits)
                        }
                    }
                }
            }
            count = row * height
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}

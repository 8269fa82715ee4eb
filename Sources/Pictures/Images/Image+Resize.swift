private import CPictures

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
        let weights = ResizeWeights.shared(from: self.width, to: width, filter: filter)
        let count = width * height * channels
        let result = unsafe [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
            unsafe weights.lend {
                unsafe cpictures_resize_columns(
                    pixels, Int32(self.width), Int32(height), Int32(channels), $0, result.baseAddress)
            }
            initialized = count
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    private func resizedRows(to height: Int, _ filter: ResizeFilter) -> Image {
        let weights = ResizeWeights.shared(from: self.height, to: height, filter: filter)
        let count = width * height * channels
        let result = unsafe [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
            unsafe weights.lend {
                unsafe cpictures_resize_rows(pixels, Int32(width * channels), $0, result.baseAddress)
            }
            initialized = count
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}

extension ResizeWeights {
    /// Lends the weights to the C functions.
    fileprivate func lend(_ body: (cpictures_weights) -> Void) {
        unsafe first.withUnsafeBufferPointer { first in
            unsafe taps.withUnsafeBufferPointer { taps in
                unsafe values.withUnsafeBufferPointer { values in
                    unsafe body(
                        cpictures_weights(
                            count: Int32(first.count), stride: Int32(stride), first: first.baseAddress,
                            taps: taps.baseAddress,
                            values: values.baseAddress))
                }
            }
        }
    }
}

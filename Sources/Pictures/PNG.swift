private import CPNG

/// Portable Network Graphics, through libpng's simplified interface.
public enum PNG {
    /// Compresses an image, losslessly: 8 bits, grey or RGB.
    ///
    /// The C function is `png_image_write_to_memory`.
    public static func encode(_ image: Image) throws(PictureError) -> [UInt8] {
        var header = unsafe png_image()
        unsafe header.version = UInt32(PNG_IMAGE_VERSION)
        unsafe header.width = UInt32(image.width)
        unsafe header.height = UInt32(image.height)
        unsafe header.format = format(channels: image.channels)
        // Stored without compression, an image takes its bytes, one more a row, and little beside: this is enough.
        var size = image.pixels.count + image.pixels.count / 100 + image.height + 4096
        var bytes = [UInt8](repeating: 0, count: size)
        let written = unsafe png_image_write_to_memory(&header, &bytes, &size, 0, image.pixels, 0, nil)
        guard written != 0 else { throw unsafe failure(header, "encode", "in memory") }
        bytes.removeSubrange(size...)
        return bytes
    }

    /// Decompresses a PNG of any kind: grey stays grey, everything else becomes RGB.
    ///
    /// 16 bits become 8, palettes are looked up, transparency is laid over black. A truncated or corrupt stream is
    /// an error. The C functions are `png_image_begin_read_from_memory` and `png_image_finish_read`.
    /// - Parameter name: what to call the picture in an error, usually its path.
    public static func decode(_ bytes: [UInt8], name: String = "in memory") throws(PictureError) -> Image {
        var header = unsafe png_image()
        unsafe header.version = UInt32(PNG_IMAGE_VERSION)
        defer { unsafe png_image_free(&header) }
        // libpng keeps the address until it has finished, so both calls happen within one borrow of the bytes.
        return try unsafe bytes.withUnsafeBufferPointer { memory throws(PictureError) in
            try unsafe read(memory, &header, name: name)
        }
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ header: inout png_image, name: String
    ) throws(PictureError) -> Image {
        guard unsafe png_image_begin_read_from_memory(&header, bytes.baseAddress, bytes.count) != 0 else {
            throw unsafe failure(header, "decode", name)
        }
        let (width, height) = unsafe (Int(header.width), Int(header.height))
        try PictureLimits.check(width: width, height: height, name: name)
        let channels = unsafe header.format & UInt32(PNG_FORMAT_FLAG_COLOR) == 0 ? 1 : 3
        unsafe header.format = format(channels: channels)
        var black = png_color(red: 0, green: 0, blue: 0)
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        guard unsafe png_image_finish_read(&header, &black, &pixels, 0, nil) != 0 else {
            throw unsafe failure(header, "decode", name)
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }

    private static func format(channels: Int) -> UInt32 {
        channels == 1 ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)
    }

    private static func failure(_ header: png_image, _ operation: String, _ name: String) -> PictureError {
        let reason = unsafe withUnsafeBytes(of: header.message) { message in
            unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        }
        return PictureError(description: "Could not \(operation) the PNG \(name): \(reason).")
    }
}

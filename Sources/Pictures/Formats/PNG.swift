private import CPictures

/// Portable Network Graphics, through libpng.
public enum PNG {
    /// Compresses an image, losslessly: 8 bits, grey or RGB.
    ///
    /// The C function is `png_image_write_to_memory`.
    public static func encode(_ image: Image) throws(PictureError) -> [UInt8] {
        var header = unsafe png_image()
        unsafe header.version = UInt32(PNG_IMAGE_VERSION)
        unsafe header.width = UInt32(image.width)
        unsafe header.height = UInt32(image.height)
        unsafe header.format = image.channels == 1 ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)
        // Stored without compression, an image takes its bytes, one more a row, and little beside: this is enough.
        var size = image.pixels.count + image.pixels.count / 100 + image.height + 4096
        var bytes = [UInt8](repeating: 0, count: size)
        let written = unsafe png_image_write_to_memory(&header, &bytes, &size, 0, image.pixels, 0, nil)
        guard written != 0 else {
            let reason = unsafe withUnsafeBytes(of: header.message) { message in
                unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw PictureError(description: "Could not encode the PNG in memory: \(reason).")
        }
        bytes.removeSubrange(size...)
        return bytes
    }

    /// Decompresses a PNG of any kind as it lies in its file: grey stays grey, everything else becomes RGB.
    ///
    /// A truncated or corrupt stream is an error.
    /// - Parameter name: what to call the picture in an error, usually its path.
    public static func decode(_ bytes: [UInt8], name: String = "in memory") throws(PictureError) -> Image {
        try raw(bytes, name: name).image
    }

    /// The C functions are `png_read_info` and `png_read_image`.
    static func raw(_ bytes: [UInt8], name: String) throws(PictureError) -> RawPicture {
        try unsafe bytes.withUnsafeBufferPointer { memory throws(PictureError) in
            let decoder = try unsafe begin(memory, name)
            defer { unsafe cpictures_png_free(decoder) }
            let (width, height, channels) = unsafe size(decoder)
            try PictureLimits.check(width: width, height: height, name: name)
            let values = try unsafe pixels(decoder, count: width * height * channels, name)
            let image =
                channels % 2 == 0
                ? Image(width: width, height: height, channels: channels - 1, overWhite: values)
                : Image(width: width, height: height, channels: channels, pixels: values)
            return unsafe RawPicture(image, traits(decoder, channels), orientation: orientation(decoder))
        }
    }

    static func header(_ bytes: [UInt8], name: String) throws(PictureError) -> (Int, Int, Int, Int) {
        try unsafe bytes.withUnsafeBufferPointer { memory throws(PictureError) in
            let decoder = try unsafe begin(memory, name)
            defer { unsafe cpictures_png_free(decoder) }
            let (width, height, channels) = unsafe size(decoder)
            return unsafe (width, height, channels > 2 ? 3 : 1, orientation(decoder))
        }
    }

    private static func begin(_ bytes: UnsafeBufferPointer<UInt8>, _ name: String) throws(PictureError) -> OpaquePointer
    {
        guard let decoder = unsafe cpictures_png_new(bytes.baseAddress, bytes.count) else {
            throw failure("out of memory", name)
        }
        guard unsafe cpictures_png_read_header(decoder) != 0 else {
            let error = unsafe failure(String(cString: cpictures_png_message(decoder)), name)
            unsafe cpictures_png_free(decoder)
            throw error
        }
        return unsafe decoder
    }

    private static func size(_ decoder: OpaquePointer) -> (width: Int, height: Int, channels: Int) {
        unsafe (
            Int(cpictures_png_width(decoder)), Int(cpictures_png_height(decoder)), Int(cpictures_png_channels(decoder))
        )
    }

    private static func pixels(_ decoder: OpaquePointer, count: Int, _ name: String) throws(PictureError) -> [UInt8] {
        // Zeros: a picture within a picture leaves places that nothing is written to.
        var values = [UInt8](repeating: 0, count: count)
        guard unsafe cpictures_png_read_pixels(decoder, &values) != 0 else {
            throw unsafe failure(String(cString: cpictures_png_message(decoder)), name)
        }
        return values
    }

    private static func traits(_ decoder: OpaquePointer, _ channels: Int) -> PictureTraits {
        var traits: PictureTraits = channels % 2 == 0 ? .transparency : []
        let (depth, isPalette) = unsafe (cpictures_png_bit_depth(decoder), cpictures_png_is_palette(decoder) != 0)
        if isPalette { traits.insert(.palette) }
        if depth == 16 { traits.insert(.sixteenBits) }
        if depth < 8, !isPalette { traits.insert(.fewBits) }
        if unsafe cpictures_png_warnings(decoder) > 0 { traits.insert(.warning) }
        return traits
    }

    private static func orientation(_ decoder: OpaquePointer) -> Int {
        var count = 0
        guard let exif = unsafe cpictures_png_exif(decoder, &count) else { return 1 }
        return unsafe Orientation.read(UnsafeBufferPointer(start: exif, count: count))
    }

    private static func failure(_ reason: String, _ name: String) -> PictureError {
        PictureError(description: "Could not decode the PNG \(name): \(reason).")
    }
}

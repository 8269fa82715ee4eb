private import CPictures

/// JPEG photographs, through libjpeg-turbo.
///
/// The exact inverse transform and smooth chroma upsampling are used, as Pillow does, so decoded pixels equal
/// those of any program built on the same libjpeg-turbo.
public enum JPEG {
    /// Decodes a JPEG as it lies in its file: grey stays grey, colour becomes RGB.
    ///
    /// What libjpeg only warns about is an error where pixels are missing or wrong (a premature end, corrupt data): a training set
    /// should not silently hold half-grey pictures.
    /// - Parameter name: what to call the picture in an error, usually its path.
    public static func decode(_ bytes: [UInt8], name: String = "in memory") throws(PictureError) -> Image {
        try raw(bytes, name: name).image
    }

    /// The C functions are `jpeg_read_header`, `jpeg_start_decompress` and `jpeg_read_scanlines`.
    ///
    /// - Parameter rows: Which rows of a picture of so many columns and rows are wanted; the others are black. Only asked where it lies upright.
    static func raw(
        _ bytes: [UInt8], name: String, rows: (Int, Int) -> Range<Int> = { _, height in 0..<height }
    ) throws(PictureError) -> RawPicture {
        try unsafe bytes.withUnsafeBufferPointer { memory throws(PictureError) in
            let decoder = try unsafe begin(memory, name)
            defer { unsafe cpictures_jpeg_free(decoder) }
            let (width, height, components) = unsafe size(decoder)
            try PictureLimits.check(width: width, height: height, name: name)
            // Reading the pixels throws the markers away.
            let orientation = unsafe orientation(decoder)
            let wanted = orientation == 1 ? rows(width, height) : 0..<height
            let values = try unsafe pixels(decoder, count: width * height * components, wanted, name)
            let image =
                components == 4
                ? Image(width: width, height: height, inverseInk: values)
                : Image(width: width, height: height, channels: components, pixels: values)
            var traits: PictureTraits = components == 4 ? .ink : []
            if unsafe cpictures_jpeg_warnings(decoder) > 0 { traits.insert(.warning) }
            return RawPicture(image, traits, orientation: orientation)
        }
    }

    static func header(_ bytes: [UInt8], name: String) throws(PictureError) -> (Int, Int, Int, Int) {
        try unsafe bytes.withUnsafeBufferPointer { memory throws(PictureError) in
            let decoder = try unsafe begin(memory, name)
            defer { unsafe cpictures_jpeg_free(decoder) }
            let (width, height, components) = unsafe size(decoder)
            return unsafe (width, height, min(components, 3), orientation(decoder))
        }
    }

    private static func begin(_ bytes: UnsafeBufferPointer<UInt8>, _ name: String) throws(PictureError) -> OpaquePointer
    {
        guard !bytes.isEmpty else { throw failure("it is empty", name) }
        guard let decoder = unsafe cpictures_jpeg_new(bytes.baseAddress, bytes.count) else {
            throw failure("out of memory", name)
        }
        guard unsafe cpictures_jpeg_read_header(decoder) != 0 else {
            let error = unsafe failure(String(cString: cpictures_jpeg_message(decoder)), name)
            unsafe cpictures_jpeg_free(decoder)
            throw error
        }
        return unsafe decoder
    }

    private static func size(_ decoder: OpaquePointer) -> (width: Int, height: Int, components: Int) {
        unsafe (
            Int(cpictures_jpeg_width(decoder)), Int(cpictures_jpeg_height(decoder)),
            Int(cpictures_jpeg_components(decoder))
        )
    }

    private static func pixels(
        _ decoder: OpaquePointer, count: Int, _ rows: Range<Int>, _ name: String
    ) throws(PictureError) -> [UInt8] {
        var values = [UInt8](repeating: 0, count: count)
        let isWhole =
            unsafe cpictures_jpeg_read_pixels(decoder, &values, Int32(rows.lowerBound), Int32(rows.count)) != 0
        guard isWhole else { throw unsafe failure(String(cString: cpictures_jpeg_message(decoder)), name) }
        return values
    }

    private static func orientation(_ decoder: OpaquePointer) -> Int {
        var count = 0
        guard let exif = unsafe cpictures_jpeg_exif(decoder, &count) else { return 1 }
        return unsafe Orientation.read(UnsafeBufferPointer(start: exif, count: count))
    }

    private static func failure(_ reason: String, _ name: String) -> PictureError {
        PictureError(
            description: "Could not decode the JPEG \(name): \(reason). Fetch the file again, or take it out.")
    }
}

private import CWebP

/// WebP pictures, through libwebp; of animations there is none to train on.
enum WebP {
    /// The C functions are `WebPGetFeatures`, `WebPDecodeRGBInto` and `WebPDecodeRGBAInto`.
    static func raw(_ bytes: [UInt8], name: String) throws(PictureError) -> RawPicture {
        let features = try features(of: bytes, name)
        let (width, height) = (Int(features.width), Int(features.height))
        try PictureLimits.check(width: width, height: height, name: name)
        let hasOpacity = features.has_alpha != 0
        let channels = hasOpacity ? 4 : 3
        var values = [UInt8](repeating: 0, count: width * height * channels)
        let decode = hasOpacity ? unsafe WebPDecodeRGBAInto : unsafe WebPDecodeRGBInto
        guard unsafe decode(bytes, bytes.count, &values, values.count, Int32(width * channels)) != nil else {
            throw failure("it is cut short or corrupt", name)
        }
        let image =
            hasOpacity
            ? Image(width: width, height: height, channels: 3, overWhite: values)
            : Image(width: width, height: height, channels: 3, pixels: values)
        return RawPicture(image, hasOpacity ? .transparency : [], orientation: orientation(in: bytes))
    }

    static func header(_ bytes: [UInt8], name: String) throws(PictureError) -> (Int, Int, Int, Int) {
        let features = try features(of: bytes, name)
        return (Int(features.width), Int(features.height), 3, orientation(in: bytes))
    }

    private static func features(of bytes: [UInt8], _ name: String) throws(PictureError) -> WebPBitstreamFeatures {
        var features = WebPBitstreamFeatures()
        guard unsafe WebPGetFeatures(bytes, bytes.count, &features) == VP8_STATUS_OK else {
            throw failure("its header is cut short or corrupt", name)
        }
        guard features.has_animation == 0 else {
            throw failure("it is an animation, and one picture is needed", name)
        }
        return features
    }

    /// The orientation in the chunk `EXIF`. Source: RFC 9649, section 2.7.
    private static func orientation(in bytes: [UInt8]) -> Int {
        var place = 12
        while place + 8 <= bytes.count {
            let size = bytes[place + 4..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            let body = bytes[(place + 8)...].prefix(size)
            if bytes[place..<place + 4] == ArraySlice("EXIF".utf8) {
                return Orientation.read(body.starts(with: Array("Exif\0\0".utf8)) ? body.dropFirst(6) : body)
            }
            place += 8 + size + size % 2
        }
        return 1
    }

    private static func failure(_ reason: String, _ name: String) -> PictureError {
        PictureError(description: "Could not decode the WebP \(name): \(reason).")
    }
}

/// A picture from outside: upright, grey or RGB, with what was done to make it so.
///
/// Values are those of Pillow: 16 bits become their upper eight, grey of 1, 2 and 4 bits is stretched to 0 to 255, palettes are looked up,
/// CMYK becomes `Image.convert("RGB")`, and no gamma or profile is applied. Transparent pixels are laid over white. The picture is turned
/// upright by its EXIF orientation, as `ImageOps.exif_transpose` does.
public struct Picture: Sendable {
    public let image: Image
    /// What its file had besides 8-bit grey or RGB pixels.
    public let traits: PictureTraits

    /// Decodes a JPEG, PNG or WebP.
    ///
    /// - Parameters:
    ///   - name: What to call the picture in an error, usually its path.
    ///   - rows: Which rows of a picture of so many columns and rows are wanted. Others may be black, which saves time.
    /// - Throws: `PictureError` for what is no such picture, is cut short or corrupt, or claims more pixels than `PictureLimits` has.
    public init(
        _ bytes: [UInt8], name: String, rows: (Int, Int) -> Range<Int> = { _, height in 0..<height }
    ) throws(PictureError) {
        guard let format = PictureFormat(of: bytes) else {
            throw PictureError(
                description: "\(name) \(PictureFormat.describe(bytes)); JPEG, PNG and WebP pictures are read.")
        }
        let raw: RawPicture
        switch format {
        case .jpeg: raw = try JPEG.raw(bytes, name: name, rows: rows)
        case .png: raw = try PNG.raw(bytes, name: name)
        case .webp: raw = try WebP.raw(bytes, name: name)
        }
        image = raw.image.turned(from: raw.orientation)
        traits = raw.traits
    }
}

/// What a picture's file had besides 8-bit grey or RGB pixels.
public struct PictureTraits: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let ink = PictureTraits(rawValue: 1)
    public static let transparency = PictureTraits(rawValue: 2)
    public static let palette = PictureTraits(rawValue: 4)
    public static let sixteenBits = PictureTraits(rawValue: 8)
    public static let fewBits = PictureTraits(rawValue: 16)
    public static let turned = PictureTraits(rawValue: 32)
    /// The decoder warned of something that leaves the pixels whole.
    public static let warning = PictureTraits(rawValue: 64)

    /// All of them with what was done, in words that follow a number of pictures.
    public static let all: [(trait: PictureTraits, conversion: String)] = [
        (.turned, "turned upright by EXIF"), (.transparency, "with transparency, laid over white"),
        (.ink, "in CMYK, made RGB"), (.palette, "with a palette, looked up"),
        (.sixteenBits, "of 16 bits, of which the upper 8 were kept"), (.fewBits, "of 1, 2 or 4 bits, stretched to 8"),
        (.warning, "with a warning of the decoder that leaves the pixels whole"),
    ]
}

/// A picture's size and channels, from its header alone.
public struct PictureHeader: Hashable, Sendable {
    /// As it will be once it is upright.
    public let width: Int
    public let height: Int
    /// 1 for grey, 3 for colour.
    public let channels: Int

    /// Reads the header; the first 64 KB of a file hold it, nearly always.
    ///
    /// - Throws: `PictureError` where there is none, or where the bytes end before it does.
    public init(_ bytes: [UInt8], name: String) throws(PictureError) {
        guard let format = PictureFormat(of: bytes) else {
            throw PictureError(description: "\(name) \(PictureFormat.describe(bytes)).")
        }
        let (width, height, channels, orientation): (Int, Int, Int, Int)
        switch format {
        case .jpeg: (width, height, channels, orientation) = try JPEG.header(bytes, name: name)
        case .png: (width, height, channels, orientation) = try PNG.header(bytes, name: name)
        case .webp: (width, height, channels, orientation) = try WebP.header(bytes, name: name)
        }
        let lies = orientation > 4
        self.width = lies ? height : width
        self.height = lies ? width : height
        self.channels = channels
    }
}

/// What a decoder gives: pixels as they lie in the file, made grey or RGB.
struct RawPicture {
    let image: Image
    let traits: PictureTraits
    /// EXIF's orientation, 1 to 8.
    let orientation: Int

    init(_ image: Image, _ traits: PictureTraits, orientation: Int) {
        self.image = image
        self.traits = orientation == 1 ? traits : traits.union(.turned)
        self.orientation = orientation
    }
}

private import CTurboJPEG

/// JPEG photographs, through TurboJPEG.
///
/// The exact inverse transform and smooth chroma upsampling are used, as Pillow does, so decoded pixels equal
/// those of any program built on the same libjpeg-turbo.
public enum JPEG {
    /// Decodes a JPEG: grey stays grey, colour becomes RGB. CMYK is refused.
    ///
    /// What libjpeg only warns about (a premature end, corrupt data) is an error here: a training set should not
    /// silently hold half-grey pictures. The C functions are `tjDecompressHeader3` and `tjDecompress2`.
    /// - Parameter name: what to call the picture in an error, usually its path.
    public static func decode(_ bytes: [UInt8], name: String = "in memory") throws(PictureError) -> Image {
        guard !bytes.isEmpty else { throw failure("it is empty", name) }
        guard let decoder = unsafe tjInitDecompress() else {
            throw PictureError(description: "Could not decode the JPEG \(name): out of memory.")
        }
        defer { unsafe _ = tjDestroy(decoder) }
        let header = try unsafe header(of: bytes, decoder, name: name)
        let channels = header.colorSpace == TJCS_GRAY.rawValue ? 1 : 3
        var pixels = [UInt8](repeating: 0, count: header.width * header.height * channels)
        let status = unsafe tjDecompress2(
            decoder, bytes, UInt(bytes.count), &pixels, Int32(header.width), 0, Int32(header.height),
            (channels == 1 ? TJPF_GRAY : TJPF_RGB).rawValue, flags)
        guard status == 0 else { throw unsafe failure(decoder, name) }
        return Image(width: header.width, height: header.height, channels: channels, pixels: pixels)
    }

    /// A hostile file may claim thousands of progressive scans, each of which costs a pass: those are cut off.
    private static let flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS

    private struct Header {
        let width: Int
        let height: Int
        let colorSpace: UInt32
    }

    private static func header(
        of bytes: [UInt8], _ decoder: tjhandle, name: String
    ) throws(PictureError) -> Header {
        var (width, height, subsampling, colorSpace) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let status = unsafe tjDecompressHeader3(
            decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorSpace)
        guard status == 0 else { throw unsafe failure(decoder, name) }
        // A file that ends within its header is no error to TurboJPEG: it leaves zeros.
        guard width > 0, height > 0 else { throw failure("the file ends within its header", name) }
        try PictureLimits.check(width: Int(width), height: Int(height), name: name)
        return Header(width: Int(width), height: Int(height), colorSpace: UInt32(colorSpace))
    }

    private static func failure(_ decoder: tjhandle, _ name: String) -> PictureError {
        unsafe failure(String(cString: tjGetErrorStr2(decoder)), name)
    }

    private static func failure(_ reason: String, _ name: String) -> PictureError {
        PictureError(
            description: "Could not decode the JPEG \(name): \(reason). Fetch the file again, or take it out.")
    }
}

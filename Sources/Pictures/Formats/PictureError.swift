/// A picture could not be read or written.
public struct PictureError: Error, Equatable, CustomStringConvertible {
    /// One sentence: what failed, where, and what to do where that is known.
    public let description: String
}

/// The limit on pictures from outside, checked before memory is taken for their pixels.
enum PictureLimits {
    /// 64 Mi pixels, or 192 MiB in colour: larger than any photograph in a training set.
    static let pixels = 1 << 26

    static func check(width: Int, height: Int, name: String) throws(PictureError) {
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, count <= pixels else {
            throw PictureError(
                description: "The picture \(name) claims to be \(width)x\(height); "
                    + "pictures of 1 to \(pixels) pixels are read.")
        }
    }
}

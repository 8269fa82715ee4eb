import Pictures

/// A way to make a square of CelebA's aligned images of 178 × 218 pixels.
///
/// There is no single one, and each gives other pictures and other scores, so a file says which it was made with.
public struct CelebACrop: Hashable, Sendable, CustomStringConvertible {
    /// The name, such as `center-148`.
    public let name: String

    /// Where the crop comes from, for `--help`.
    public let origin: String

    private let method: Method

    private enum Method: Hashable {
        /// The rectangle is cut out and resized.
        case rectangle(x: Int, y: Int, width: Int, height: Int)
        /// The whole is resized to the width, in proportion, and rows are cut away.
        case resizeFirst
    }

    /// The size of the aligned images.
    public static let imageWidth = 178
    public static let imageHeight = 218

    /// All crops, the default first.
    public static let all = [
        center(148, "as PyTorch-VAE crops, and most VAEs after it"), center(140, "a tighter one"),
        center(128, "tighter still"), center(108, "as DCGAN crops"),
        CelebACrop("face-128", "128 pixels around the face", .rectangle(x: 25, y: 57, width: 128, height: 128)),
        CelebACrop("fuel", "as Larsen et al. and Fuel's celeba_64", .resizeFirst),
        CelebACrop("whole", "nothing cut, squeezed", .rectangle(x: 0, y: 0, width: imageWidth, height: imageHeight)),
    ]

    /// The crop of a name; nil for an unknown one.
    public init?(named name: String) {
        guard let crop = Self.all.first(where: { $0.name == name }) else { return nil }
        self = crop
    }

    /// The crop that is used where none is asked for.
    public static let standard = all[0]

    private init(_ name: String, _ origin: String, _ method: Method) {
        self.name = name
        self.origin = origin
        self.method = method
    }

    private static func center(_ side: Int, _ origin: String) -> CelebACrop {
        CelebACrop(
            "center-\(side)", origin,
            .rectangle(x: (imageWidth - side) / 2, y: (imageHeight - side) / 2, width: side, height: side))
    }

    public var description: String { name }

    /// The rows of an aligned image that it looks at.
    var rows: Range<Int> {
        switch method {
        case .rectangle(_, let y, _, let height): y..<y + height
        case .resizeFirst: 0..<Self.imageHeight
        }
    }

    /// The crop of an aligned image, `size` pixels wide and high.
    func apply(_ image: Image, size: Int) -> Image {
        switch method {
        case .rectangle(let x, let y, let width, let height):
            return image.cropped(x: x, y: y, width: width, height: height).resized(width: size, height: size)
        case .resizeFirst:
            // Fuel: 64 × 78 by Lanczos, rows 7 to 70; other sizes in proportion.
            let resized = image.resized(width: size, height: 78 * size / 64, filter: .lanczos)
            return resized.cropped(x: 0, y: 7 * size / 64, width: size, height: size)
        }
    }
}

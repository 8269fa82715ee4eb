/// What a user asks of an import; what is nil is decided from the source.
public struct ImportOptions: Sendable {
    /// The size of the images written; nil for the source's own where all are equal, and 64 × 64 otherwise.
    public var size: PictureSize?
    /// What is kept of each picture; nil for what the source usually has.
    public var crop: PictureCrop?
    public var resize = ResizeRule.cover
    /// Nil for grey where all pictures are grey, and RGB otherwise.
    public var color: ColorRule?
    /// A file with labels, or the name of an array with them.
    public var labels: String?
    /// The order of the axes of arrays, such as `NHWC`, or `flat:28x28`; nil for what their shape and their names say.
    public var layout: AxisLayout?
    /// The numbers of arrays that are black and white; nil for what all of them say.
    public var range: ClosedRange<Double>?
    /// The share of the images that is held out as the split `valid`, of a source without splits.
    public var heldOutShare: Double?
    /// The seed of that choice.
    public var seed: UInt64 = 0
    /// How many pictures may be left out because they cannot be read.
    public var skipUnreadable = 0

    public init() {}
}

/// A width and a height in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Reads `64` or `64x48`, the width first; nil for other words and for what is not from 1 to 1,024.
    public init?(_ text: String) {
        let sides = text.lowercased().replacing("×", with: "x").split(separator: "x", omittingEmptySubsequences: false)
            .map { Int($0) }
        guard (1...2).contains(sides.count), let width = sides[0], let height = sides[sides.count - 1],
            (1...1024).contains(width), (1...1024).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    public var description: String { "\(width) × \(height)" }
}

/// How a picture of another aspect becomes one of the size asked for.
public enum ResizeRule: String, Sendable, CaseIterable {
    /// The whole picture, with black bars.
    case fit
    /// The middle of the picture, without bars.
    case cover
    /// The whole picture, squeezed.
    case stretch
}

/// What becomes of colours.
public enum ColorRule: String, Sendable, CaseIterable {
    case gray
    case rgb

    var channels: Int { self == .gray ? 1 : 3 }
}

/// Which part of each picture is kept.
public enum PictureCrop: Hashable, Sendable, CustomStringConvertible {
    case none
    /// The middle, so many pixels wide and high.
    case center(PictureSize)
    /// One of those for CelebA's aligned images.
    case celeba(CelebACrop)

    /// Reads `none`, `148`, `148x178` or the name of a crop of CelebA; nil for other words.
    public init?(_ text: String) {
        if text == "none" {
            self = .none
        } else if let crop = CelebACrop(named: text) {
            self = .celeba(crop)
        } else if let size = PictureSize(text) {
            self = .center(size)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .none: "none"
        case .center(let size): "center \(size)"
        case .celeba(let crop): crop.name
        }
    }
}

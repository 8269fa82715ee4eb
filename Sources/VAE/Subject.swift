/// What images show, for networks that are sized by the images.
public enum Subject: String, Hashable, Sendable, CaseIterable {
    /// Pictures in grey or colour.
    case face
    /// Strokes on a ground: every pixel is black or white.
    case digits

    /// What the network is, in a line.
    public var summary: String {
        switch self {
        case .face: "convolutions for pictures of any size, in grey or colour"
        case .digits: "convolutions for strokes in black and white, of any size"
        }
    }
}

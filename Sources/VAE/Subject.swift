/// What images show, for networks that are sized by the images.
public enum Subject: String, Hashable, Sendable, CaseIterable {
    /// Pictures in grey or colour.
    case face
    /// Strokes on a ground: every pixel is black or white.
    case digits
}

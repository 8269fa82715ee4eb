/// The kernel with which an image is resized. Its width grows with the reduction, so that nothing aliases.
public enum ResizeFilter: Sendable {
    /// The triangle 1 - |x| on [-1, 1].
    case bilinear
    /// sinc(x) sinc(x/3) on [-3, 3]; sharper, and it may overshoot at edges.
    case lanczos

    /// Half the width of the kernel at scale 1, in pixels.
    var support: Double { self == .bilinear ? 1 : 3 }

    /// The kernel's value at a distance of `x` pixels.
    func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .bilinear: max(0, 1 - abs(x))
        case .lanczos: abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }
}

import Tensors

/// Which image stands for p(x|z), a distribution of images.
public enum PixelValue: String, Hashable, Sendable, CaseIterable {
    /// E[x|z], pixel by pixel: smooth, and the least squared error.
    case mean
    /// The value of each pixel at which its density is greatest.
    case probable
    /// A value of each pixel that is drawn with keyed noise, independently of the others: what the model says of images, noise included.
    case drawn

    /// The image, (R, C, H, W).
    func pixels(of likelihood: any Distribution, in scope: inout Scope) -> Tensor {
        switch self {
        case .mean: likelihood.mean
        case .probable: likelihood.mostProbable
        case .drawn: likelihood.sample(in: &scope)
        }
    }
}

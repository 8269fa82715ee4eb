import Tensors

/// A part of an image that a model predicts from the rest of it. Written `predict: lower_half`.
///
/// The encoder sees the rest, with zeros in the part's place, and the likelihood judges the part alone.
public enum ImagePrediction: String, Hashable, Sendable, Codable, CaseIterable {
    /// The rows from ⌊H/2⌋ on.
    case lowerHalf = "lower_half"

    private func firstRow(of image: Tensor) -> Int { image.shape[2] / 2 }

    /// What the encoder sees of images (B, C, H, W), in their shape.
    func given(of x: Tensor) -> Tensor {
        x.slice(axis: 2, 0..<firstRow(of: x)).padded(into: x.shape, at: [0, 0, 0, 0])
    }

    /// The part of images or of what the decoder made of them, (R, …, H − ⌊H/2⌋, W).
    func predicted(of x: Tensor) -> Tensor { x.slice(axis: 2, firstRow(of: x)..<x.shape[2]) }

    /// Whole images of their predicted part: below what was given, or below black where nothing was.
    ///
    /// - Parameter x: (R, C, H, W)
    func completed(_ part: Tensor, into shape: Shape, below x: Tensor?) -> Tensor {
        let row = shape[2] - part.shape[2]
        guard let x else { return part.padded(into: shape, at: [0, 0, row, 0]) }
        return .concatenate([x.slice(axis: 2, 0..<row), part], axis: 2)
    }
}

/// The likelihood of a part of an image.
struct PredictedPart: Distribution {
    private let prediction: ImagePrediction
    private let part: any Distribution

    init(_ prediction: ImagePrediction, of part: any Distribution) {
        self.prediction = prediction
        self.part = part
    }

    /// - Parameter x: Whole images.
    func logDensity(of x: Tensor) -> Tensor { part.logDensity(of: prediction.predicted(of: x)) }

    var mean: Tensor { part.mean }
    var mostProbable: Tensor { part.mostProbable }
    func sample(in scope: inout Scope) -> Tensor { part.sample(in: &scope) }
}

/// How alike two images are in brightness, contrast and structure: 1 of equal ones.
///
/// For means μ, variances σ² and the covariance σxy in a window around each pixel, weighted by a Gaussian,
///
///     SSIM = (2 μx μy + C₁) (2 σxy + C₂) / ((μx² + μy² + C₁) (σx² + σy² + C₂)),  C₁ = 0.01², C₂ = 0.03²,
///
/// averaged over all windows that lie inside the image, and over channels. Values go from 0 to 1.
///
/// Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE Transactions on
/// Image Processing 13(4), 2004, section III.
public struct StructuralSimilarity: Sendable {
    /// Pixels of a window along each axis.
    public static let window = 11

    /// exp(−i²/(2 · 1.5²)) for i = −5 … 5, divided by their sum. Written out, since machines' exponentials differ.
    static let weights: [Double] = [
        0.00102838008447911, 0.007598758135239185, 0.03600077212843083, 0.10936068950970002, 0.2130055377112537,
        0.26601172486179436, 0.2130055377112537, 0.10936068950970002, 0.03600077212843083, 0.007598758135239185,
        0.00102838008447911,
    ]

    private let channels: Int
    private let height: Int
    private let width: Int

    /// Nil of images that are smaller than a window.
    public init?(channels: Int, height: Int, width: Int) {
        guard height >= Self.window, width >= Self.window else { return nil }
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Of two images (C, H, W).
    public func value(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
        let size = height * width
        precondition(x.count == channels * size && y.count == x.count, "\(x.count) and \(y.count) pixels")
        let values = (0..<channels).map { channel in
            ofChannel(
                x.dropFirst(channel * size).prefix(size).map(Double.init),
                y.dropFirst(channel * size).prefix(size).map(Double.init))
        }
        return values.reduce(0, +) / Double(channels)
    }

    private func ofChannel(_ x: [Double], _ y: [Double]) -> Double {
        let (meanX, meanY) = (means(x), means(y))
        let (squareX, squareY) = (means(products(x, x)), means(products(y, y)))
        let product = means(products(x, y))
        let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
        var sum = 0.0
        for index in meanX.indices {
            let (mx, my) = (meanX[index], meanY[index])
            let covariance = product[index] - mx * my
            let variances = squareX[index] - mx * mx + squareY[index] - my * my
            sum += (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (variances + c2))
        }
        return sum / Double(meanX.count)
    }

    private func products(_ x: [Double], _ y: [Double]) -> [Double] { x.indices.map { x[$0] * y[$0] } }

    /// The weighted mean of each window, along rows and then along columns.
    private func means(_ x: [Double]) -> [Double] {
        let across = width - Self.window + 1
        var rows = [Double](repeating: 0, count: height * across)
        for row in 0..<height {
            for column in 0..<across {
                var sum = 0.0
                for place in 0..<Self.window { sum += Self.weights[place] * x[row * width + column + place] }
                rows[row * across + column] = sum
            }
        }
        let down = height - Self.window + 1
        var result = [Double](repeating: 0, count: down * across)
        for row in 0..<down {
            for column in 0..<across {
                var sum = 0.0
                for place in 0..<Self.window { sum += Self.weights[place] * rows[(row + place) * across + column] }
                result[row * across + column] = sum
            }
        }
        return result
    }
}

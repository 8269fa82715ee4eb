import ConfigurationFiles
import Fitting
import Ingest
import Training
import VAE

/// The vectors of attributes: among the codes of training images, and among their pixels.
struct AttributeDirections {
    let attributes: ImageAttributes
    private let codes: AttributeVectors
    private let pixels: AttributeVectors?
    private let file: String

    /// Encodes all training images.
    ///
    /// - Parameter withPixels: Whether vectors of pixels are wanted, too.
    init(_ images: AnnotatedImages, _ attributes: ImageAttributes, of model: ImageModel, withPixels: Bool) throws {
        let (latents, pixelCount) = (model.program.configuration.model.latents.count, images.dataset.shape.count)
        var codes = AttributeVectors(attributes: attributes.names.count, dimensions: latents)
        var pixels = withPixels ? AttributeVectors(attributes: attributes.names.count, dimensions: pixelCount) : nil
        try images.eachPiece(of: images.choice.train.rows, "encoding training images") { rows, bytes in
            let means = try model.means(bytes)
            for (index, row) in rows.enumerated() {
                let truth = attributes.truth(of: row)
                codes.add(means[index * latents..<(index + 1) * latents], truth)
                guard withPixels else { continue }
                pixels?.add(bytes[index * pixelCount..<(index + 1) * pixelCount].map { Float($0) / 255 }[...], truth)
            }
        }
        (self.attributes, self.codes, self.pixels, file) = (attributes, codes, pixels, images.dataset.path)
    }

    /// The vector of codes of an attribute.
    ///
    /// - Parameter others: Attributes along whose vectors nothing is to change.
    func ofCodes(_ attribute: Int, orthogonalTo others: [Int]) throws -> [Float] {
        let vector = try vector(codes, attribute)
        let rest = AttributeVectors.orthogonalised(
            vector, to: try others.filter { $0 != attribute }.map { try self.vector(codes, $0) })
        return rest.map(Float.init)
    }

    /// The vector of pixels of an attribute, from 0 to 1.
    func ofPixels(_ attribute: Int) throws -> [Float] {
        guard let pixels else { preconditionFailure("vectors of pixels were not asked for") }
        return try vector(pixels, attribute).map(Float.init)
    }

    private func vector(_ vectors: AttributeVectors, _ attribute: Int) throws -> [Double] {
        guard let vector = vectors[attribute] else {
            let (with, without) = vectors.count(of: attribute)
            throw UsageProblem(
                "\(attributes.names[attribute]) is true of \(with) training images of \(file) and false of \(without), and a vector leads "
                    + "from one kind to the other")
        }
        return vector
    }
}

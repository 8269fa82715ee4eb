import Fitting
import Training
import VAE

/// What there is to move about in a model's codes: directions with a slider each, and the plane of the map.
///
/// Z is the number of latents. A model of images given labels takes classes behind them, which have controls of their own.
public struct Survey: Sendable, Encodable {
    /// A way through the latents.
    public struct Direction: Sendable, Encodable {
        public let name: String
        /// What else is to be known of it.
        public let note: String
        /// What a step of 1 adds to the latents, Z numbers.
        public let step: [Float]
    }

    /// The codes of some examples where the plane's axes are directions 0 and 1.
    public struct Plane: Sendable, Encodable {
        /// Steps along both directions, x and y by turns.
        public let points: [Float]
        /// How the points may be coloured, each a name and a group for each point.
        public let colorings: [Coloring]
    }

    /// Groups of points.
    public struct Coloring: Sendable, Encodable {
        public let name: String
        public let groups: [String]
        /// The group of each point; -1 for none.
        public let members: [Int]
    }

    /// Where all sliders are 0, Z numbers.
    public let centre: [Float]
    public let directions: [Direction]
    public let attributes: [Direction]
    public let plane: Plane

    /// Sliders beside those of attributes.
    static let mostDirections = 8
    private static let mostAttributes = 64
    /// Points of the map.
    private static let mostPoints = 2000
    /// More classes than can be told apart by colour.
    private static let mostGroups = 20
}

extension Survey {
    /// What the codes of training examples say.
    ///
    /// The directions are the first principal components, a step of each one standard deviation. An attribute's step is the mean code of the
    /// examples that have it, less the mean code of those that do not.
    ///
    /// Source: Larsen et al., "Autoencoding beyond pixels using a learned similarity metric", ICML 2016, section 4.3 (attributes).
    ///
    /// - Parameters:
    ///   - codes: N · Z numbers, the means of the posteriors; at least one row.
    ///   - facts: What is known of the examples.
    public init(codes: [Float], latents: Int, facts: [ExampleFact]) {
        let count = min(Self.mostDirections, latents)
        let components = PrincipalComponents(codes, dimensions: latents, count: count)
        let deviations = components.variances.map { max($0.squareRoot(), 1e-6) }
        centre = components.mean.map { Float($0) }
        directions = (0..<count).map { index in
            let share = components.variances[index] / max(components.totalVariance, .leastNormalMagnitude)
            return Direction(
                name: "Direction \(index + 1)",
                note: "\(Int((100 * share).rounded())) % of the codes' variance",
                step: components.directions[index].map { Float($0 * deviations[index]) })
        }
        attributes = facts.filter { $0.groups.isEmpty }.prefix(Self.mostAttributes).compactMap {
            Self.attribute($0, codes, latents)
        }
        plane = Self.plane(components, deviations, codes, facts)
    }

    private static func attribute(_ fact: ExampleFact, _ codes: [Float], _ latents: Int) -> Direction? {
        var vectors = AttributeVectors(attributes: 1, dimensions: latents)
        for (row, value) in fact.values.enumerated() {
            vectors.add(codes[row * latents..<(row + 1) * latents], [value.map { $0 == 1 }])
        }
        let (with, without) = vectors.count(of: 0)
        return vectors[0].map {
            Direction(name: fact.name, note: "\(with) images with, \(without) without", step: $0.map(Float.init))
        }
    }

    private static func plane(
        _ components: PrincipalComponents, _ deviations: [Double], _ codes: [Float], _ facts: [ExampleFact]
    ) -> Plane {
        let latents = components.mean.count
        guard deviations.count > 1 else { return Plane(points: [], colorings: []) }
        let count = codes.count / latents
        let shown = (0..<min(mostPoints, count)).map { $0 * count / min(mostPoints, count) }
        let some = shown.flatMap { codes[$0 * latents..<($0 + 1) * latents] }
        let points = components.coordinates(some).flatMap { row in
            (0..<2).map { Float(row[$0] / deviations[$0]) }
        }
        let colorings = facts.filter { $0.groups.count <= mostGroups }.map { fact in
            Coloring(
                name: fact.name, groups: fact.groups.isEmpty ? ["without", "with"] : fact.groups,
                members: shown.map { fact.values[$0] ?? -1 })
        }
        return Plane(points: points, colorings: colorings)
    }
}

/// Something that is known of each example: a class, or whether it has an attribute.
public struct ExampleFact: Sendable {
    public let name: String
    /// The names of the classes; none for an attribute.
    public let groups: [String]
    /// The class, or 1 or 0, of each example; nil where it is not known.
    public let values: [Int?]

    public init(name: String, groups: [String] = [], values: [Int?]) {
        self.name = name
        self.groups = groups
        self.values = values
    }
}

extension Survey {
    /// What the decoder alone says: the latents that change the image most.
    ///
    /// Each latent is set to 1 and to -1, all others to 0, and the mean square of the difference of both images says how much it changes. A
    /// latent whose posterior never left the prior changes nothing.
    ///
    /// - Throws: What computing throws.
    public init(of model: ImageModel) throws {
        let latents = model.program.configuration.model.latents.count
        let tried = min(latents, 1024)
        let rows = (0..<tried).flatMap { latent in
            [Float(1), -1].flatMap { Self.axis(latent, model.codeCount, $0) }
        }
        let images = try model.decode(rows)
        let pixels = model.program.pixelsPerExample
        let changes = (0..<tried).map { latent in
            (0..<pixels).reduce(Float(0)) {
                let difference = images[2 * latent * pixels + $1] - images[(2 * latent + 1) * pixels + $1]
                return $0 + difference * difference
            }
        }
        let order = (0..<tried).sorted { (changes[$0], $1) > (changes[$1], $0) }
        centre = Array(repeating: 0, count: latents)
        directions = order.prefix(Self.mostDirections).map {
            let root = (changes[$0] / Float(pixels)).squareRoot()
            return Direction(
                name: "Latent \($0 + 1)",
                note: "from −1 to 1 it changes a value by \(Int((255 * root).rounded())) of 255",
                step: Self.axis($0, latents, 1))
        }
        attributes = []
        plane = Plane(points: [], colorings: [])
    }

    private static func axis(_ latent: Int, _ count: Int, _ value: Float) -> [Float] {
        (0..<count).map { $0 == latent ? value : 0 }
    }
}

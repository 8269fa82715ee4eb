import Glibc
import Randomness
import Testing

@testable import Fitting

/// Classifiers against those of scikit-learn and SciPy, on vectors that both sides make: `scripts/reference/classifiers.py`.
@Suite struct ClassifierTests {
    private static let data = vectors(count: 30)

    /// Thirty vectors of four numbers in three classes, one after the other.
    private static func vectors(count: Int, from first: Int = 0) -> LabelledVectors {
        let labels = (first..<first + count).map { $0 % 3 }
        let values = (first..<first + count).flatMap { row -> [Double] in
            let stream = RandomStream(seed: 5, operator: 7, example: UInt32(row))
            return (0..<4).map { stream.normal($0) + ($0 % 3 == row % 3 ? 1.5 : 0) }
        }
        return LabelledVectors(values, labels: labels, classes: 3)
    }

    @Test func probabilitiesAreOfTheClassesAndSupportVectorMachinesHaveNone() throws {
        for method in [Classifier.Method.logistic, .network] {
            let classifier = Classifier(method, to: Self.data)
            for number in Self.data.labels.indices {
                let vector = Self.data.vector(number)
                let probabilities = try #require(classifier.probabilities(of: vector))
                let scores = classifier.scores(of: vector)
                #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
                #expect(probabilities.firstIndex(of: probabilities.max()!) == classifier.label(of: vector))
                #expect(abs(log(probabilities[0] / probabilities[2]) - (scores[0] - scores[2])) < 1e-9)
            }
        }
        #expect(Classifier(.svm, to: Self.data).probabilities(of: Self.data.vector(0)) == nil)
    }

    private static let references: [(Classifier.Method, loss: Double, weights: [Double])] = [
        (
            .logistic, 11.478595788756586,
            [
                0.958062184, -0.293798204, -0.448364703, 1.170211626, -1.127104047, 1.069578767, -0.17903269,
                -0.408556392, 0.169041863, -0.775780563, 0.627397393, -0.761655235,
            ]
        ),
        (
            .svm, 23.909199113711594,
            [
                0.48827185, -0.22410925, -0.62684562, 1.03555212, -1.28230334, 0.9342488, -0.1309452, -0.41676108,
                0.1254126, -0.50041953, 0.40748512, -0.56071396,
            ]
        ),
    ]

    @Test(arguments: references.indices) func linearClassifiersAreThoseOfOtherPrograms(index: Int) {
        let (method, loss, weights) = Self.references[index]
        let classifier = Classifier(method, to: Self.data)
        #expect(abs(classifier.loss(of: Self.data, classifier.parameters).value - loss) < 1e-8)
        let own = (0..<3).flatMap { classifier.parameters[$0 * 5..<$0 * 5 + 4] }
        for (one, other) in zip(own, weights) { #expect(abs(one - other) < 3e-5) }
    }

    @Test(arguments: Classifier.Method.allCases) func gradientMatchesDifferences(method: Classifier.Method) {
        let classifier = Classifier(method, to: Self.data)
        // Away from the minimum, and for the hinge from its kinks.
        let point = classifier.parameters.indices.map {
            0.3 * RandomStream(seed: 3, operator: 1).normal($0) + classifier.parameters[$0]
        }
        let gradient = classifier.loss(of: Self.data, point).gradient
        for element in point.indices {
            var (above, below) = (point, point)
            above[element] += 1e-6
            below[element] -= 1e-6
            let difference =
                (classifier.loss(of: Self.data, above).value - classifier.loss(of: Self.data, below).value) / 2e-6
            #expect(abs(gradient[element] - difference) < 1e-5 * max(1, abs(difference)), "\(element)")
        }
    }

    @Test(arguments: Classifier.Method.allCases) func fittingEndsAtAMinimumAndTellsClasses(method: Classifier.Method) {
        let classifier = Classifier(method, to: Self.data)
        let gradient = classifier.loss(of: Self.data, classifier.parameters).gradient
        #expect(gradient.allSatisfy { abs($0) < 1e-4 })
        #expect(classifier.accuracy(on: Self.data) > 0.85)
        #expect(classifier.accuracy(on: Self.vectors(count: 3000, from: 100)) > 0.7)
        #expect(Classifier(method, to: Self.data).parameters == classifier.parameters)
    }

    /// Two rings, which no line parts.
    @Test func aNetworkTellsWhatLinesCannot() {
        let angles = (0..<60).map { Double($0) / 60 * 2 * Double.pi }
        let values = angles.enumerated().flatMap { index, angle -> [Double] in
            let radius = index % 2 == 0 ? 1.0 : 3
            return [radius * Self.sine(angle + .pi / 2), radius * Self.sine(angle)]
        }
        let rings = LabelledVectors(values, labels: (0..<60).map { $0 % 2 }, classes: 2)
        #expect(Classifier(.network, to: rings).accuracy(on: rings) == 1)
        #expect(Classifier(.logistic, to: rings).accuracy(on: rings) < 0.8)
    }

    /// By its series, which is good enough for rings.
    private static func sine(_ angle: Double) -> Double {
        let x = angle.remainder(dividingBy: 2 * .pi)
        var (term, sum) = (x, x)
        for n in stride(from: 2.0, to: 24, by: 2) {
            term *= -x * x / (n * (n + 1))
            sum += term
        }
        return sum
    }

    @Test func intervalsAreStudents() {
        let quantiles = [1, 4, 30, 40, 200].map { StudentInterval.quantile(degreesOfFreedom: $0) }
        for (one, other) in zip(quantiles, [12.706, 2.776, 2.042, 2.021, 1.972]) { #expect(abs(one - other) < 6e-4) }
        let interval = StudentInterval(of: [1, 2, 3, 4, 5])
        // s = √2.5, t of four degrees of freedom.
        #expect(interval.mean == 3 && abs(interval.halfWidth95! - 2.776 * (2.5 / 5).squareRoot()) < 1e-9)
        #expect(StudentInterval(of: [7]).halfWidth95 == nil)
    }
}

import Testing
import Training

@testable import Explore

@Suite struct SurveyTests {
    private static let codes: [Float] = [1, 0, 3, 0, -1, 1, -3, -1]

    @Test func anAttributesStepLeadsFromTheMeanWithoutToTheMeanWith() throws {
        let facts = [
            ExampleFact(name: "Hat", values: [1, 1, 0, 0]), ExampleFact(name: "All", values: [1, 1, 1, 1]),
            ExampleFact(name: "Some", values: [1, nil, 0, nil]),
        ]
        let survey = Survey(codes: Self.codes, latents: 2, facts: facts)
        #expect(survey.attributes.map(\.name) == ["Hat", "Some"])
        #expect(survey.attributes.map(\.step) == [[4, 0], [2, -1]])
        #expect(survey.attributes[0].note == "2 images with, 2 without")
    }

    @Test func directionsAreAStandardDeviationLongAndThePlaneIsInTheirSteps() {
        let survey = Survey(
            codes: Self.codes, latents: 2,
            facts: [ExampleFact(name: "class", groups: ["a", "b"], values: [0, 1, nil, 1])])
        #expect(survey.centre == [0, 0] && survey.attributes.isEmpty)
        let points = survey.plane.points
        for row in 0..<4 {
            for axis in 0..<2 {
                let place = survey.directions.reduce(Float(0)) { sum, direction in
                    let index = survey.directions.firstIndex { $0.name == direction.name }!
                    return sum + points[2 * row + index] * direction.step[axis]
                }
                #expect(abs(place - Self.codes[2 * row + axis]) < 1e-5)
            }
        }
        #expect(
            abs(points.enumerated().reduce(0) { $0 + ($1.offset % 2 == 0 ? $1.element * $1.element : 0) } - 4) < 1e-4)
        #expect(survey.plane.colorings.map(\.members) == [[0, 1, -1, 1]])
    }

    @Test func withoutDataTheLatentsThatChangeThePictureMostComeFirst() throws {
        let model = try TinyRun().model()
        let survey = try Survey(of: model)
        func change(_ latent: Int) throws -> Float {
            let images = try model.decode([1, -1].flatMap { value in (0..<2).map { $0 == latent ? value : 0 } })
            return (0..<16).reduce(0) { $0 + (images[$1] - images[16 + $1]) * (images[$1] - images[16 + $1]) }
        }
        let order = try (0..<2).sorted { try change($0) > change($1) }
        #expect(survey.directions.map(\.name) == order.map { "Latent \($0 + 1)" })
        #expect(survey.directions.map(\.step) == order.map { [$0 == 0 ? 1 : 0, $0 == 1 ? 1 : 0] })
    }
}

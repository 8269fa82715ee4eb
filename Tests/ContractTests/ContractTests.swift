import Contract
import Testing

@Suite struct ContractTests {
    static let contract = Contract(
        configuration: .dictionary([
            "optimizer": .dictionary(["learningRate": .number(0.001), "betas": .array([.number(0.9), .number(0.999)])]),
            "model": .string("mlp \"small\""),
        ]),
        trainingExamples: 1000, validationExamples: 100, shards: 8, microbatch: 32, seed: 1,
        numericClass: NumericClass(engine: "interpreter"), dataFingerprint: "abc", probeDigest: "def")

    @Test func itsTextReadsBackEqual() throws {
        let again = try Contract(json: Self.contract.canonicalJSON)
        #expect(again == Self.contract)
        #expect(again.canonicalJSON == Self.contract.canonicalJSON)
        #expect(again.differences(from: Self.contract) == [])
    }

    @Test func differencesNameTheFieldAndBothValues() {
        var other = Self.contract
        other.seed = 2
        other.configuration = .dictionary([
            "optimizer": .dictionary(["learningRate": .number(0.002), "betas": .array([.number(0.9), .number(0.999)])])
        ])
        let differences = other.differences(from: Self.contract)
        #expect(
            differences.map(\.description) == [
                "configuration.model is absent here and \"mlp \\\"small\\\"\" in the run",
                "configuration.optimizer.learningRate is 0.002 here and 0.001 in the run",
                "seed is 2 here and 1 in the run",
            ])
    }

    @Test func aConflictSaysWhatToDo() throws {
        try Self.contract.requireEqual(to: Self.contract, of: "run")
        var other = Self.contract
        other.shards = 16
        let conflict = #expect(throws: ContractConflict.self) { try other.requireEqual(to: Self.contract, of: "run") }
        #expect(
            conflict?.description
                == "run began with another configuration: shards is 16 here and 8 in the run. Leave out the options that "
                + "differ (--resume needs no --preset and no --config), or begin a new run in another directory")
    }

    @Test func whyARunKeepsItsEarlyStoppingIsSaid() {
        var other = Self.contract
        other.configuration = .dictionary(["early_stopping": .dictionary(["patience": .integer(3)])])
        let conflict = #expect(throws: ContractConflict.self) { try other.requireEqual(to: Self.contract, of: "run") }
        #expect(conflict?.description.contains("so that it stops after the same step on any cluster") == true)
    }

    @Test func ofManyDifferencesTheFirstThreeAreTold() {
        var (one, two) = (Self.contract, Self.contract)
        one.configuration = .dictionary(Dictionary(uniqueKeysWithValues: (1...9).map { ("part\($0)", .integer(1)) }))
        two.configuration = .dictionary(Dictionary(uniqueKeysWithValues: (1...9).map { ("part\($0)", .integer(2)) }))
        let conflict = #expect(throws: ContractConflict.self) { try one.requireEqual(to: two, of: "run") }
        #expect(conflict?.description.contains("part3 is 1 here and 2 in the run; and 6 more. Leave out") == true)
        #expect(conflict?.description.contains("part4") == false)
    }

    @Test func otherTextIsRefused() {
        #expect(throws: ContractError.unreadable) { try Contract(json: "{}") }
        #expect(throws: ContractError.unreadable) { try Contract(json: "") }
        var other = Self.contract
        other.formatVersion = 99
        #expect(throws: ContractError.otherVersion(99)) { try Contract(json: other.canonicalJSON) }
        other = Self.contract
        other.shards = 3
        #expect(throws: ContractError.impossible(.shardsNotPowerOfTwo(3))) { try Contract(json: other.canonicalJSON) }
        for examples in [-1, Int.max] {
            other = Self.contract
            other.validationExamples = examples
            #expect(throws: ContractError.validationExamplesOutOfRange(examples)) {
                try Contract(json: other.canonicalJSON)
            }
        }
    }

    @Test func wholeNumbersAreOneValue() throws {
        let node = try ConfigurationNode(encoding: ["a": 1.0, "b": 0.1])
        #expect(node == .dictionary(["a": .integer(1), "b": .number(0.1)]))
        #expect(node.description == #"{"a":1,"b":0.1}"#)
    }
}

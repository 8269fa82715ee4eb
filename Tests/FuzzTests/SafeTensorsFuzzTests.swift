import Export
import Testing

struct SafeTensorsFuzzTests {
    @Test func aMutatedFileOfTensorsGivesTensorsOrASentence() {
        let good = SafeTensors(
            tensors: [
                "encoder.0.weight": .init(shape: [2, 3], elements: .float32([1, 2, 3, 4, 5, 6])),
                "encoder.1.num_batches_tracked": .init(shape: [], elements: .int64([9])),
                "encoder.1.bias": .init(shape: [1], elements: .float32([0.5])),
            ], metadata: ["format": "pt"]
        ).encoded
        var mutator = Mutator(seed: FuzzPlan.seed &+ 11)
        var (read, refused) = (0, 0)
        for _ in 0..<FuzzPlan.messages {
            do {
                _ = try SafeTensors(mutator.mutated(good, from: 8), file: "f")
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 0 && refused > 0, "\(read) read, \(refused) refused")
    }
}

import Contract
import Testing

@Suite struct EvaluationPlanTests {
    @Test(arguments: [0, 1, 3, 8, 31, 32, 33, 100]) func everyExampleCountsOnce(_ examples: Int) {
        let plan = EvaluationPlan(examples: examples, shards: 4, microbatch: 8)
        var counted: [Int] = []
        for shard in 0..<4 {
            for index in 0..<plan.microbatchCount(shard: shard) {
                let microbatch = plan.microbatch(index, shard: shard)
                #expect(microbatch.count == 8)
                #expect(microbatch.examples.allSatisfy { Int($0) % 4 == shard && $0 < examples })
                counted += zip(microbatch.examples, microbatch.weights).filter { $0.1 == 1 }.map { Int($0.0) }
            }
        }
        #expect(counted.sorted() == Array(0..<examples))
    }
}

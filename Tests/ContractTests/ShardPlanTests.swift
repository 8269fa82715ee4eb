import Contract
import Testing

@Suite struct ShardPlanTests {
    @Test func everyExampleBelongsToExactlyOneShard() throws {
        for examples in 8...40 {
            let plan = try ShardPlan(examples: examples, shards: 8, microbatch: 1)
            let all = (0..<8).flatMap { Array(plan.examples(inShard: $0)) }
            #expect(all.sorted() == Array(0..<examples))
            #expect((0..<8).allSatisfy { plan.size(ofShard: $0) == Array(plan.examples(inShard: $0)).count })
            #expect((0..<examples).allSatisfy { plan.examples(inShard: plan.shard(ofExample: $0)).contains($0) })
        }
    }

    @Test func everyExampleComesOncePerPassInEveryShardOfEverySmallSize() throws {
        for size in 1...70 {
            let plan = try ShardPlan(examples: 2 * size + 1, shards: 2, microbatch: 1)
            for shard in 0..<2 {
                let stream = plan.stream(shard: shard, seed: 7)
                for pass in 0..<3 {
                    let rows = (pass * stream.size..<(pass + 1) * stream.size).map(stream.row)
                    #expect(rows.allSatisfy { Int($0.pass) == pass })
                    #expect(rows.map { Int($0.example) }.sorted() == Array(plan.examples(inShard: shard)))
                }
            }
        }
    }

    @Test func microbatchesAreConsecutiveRowsAndMayStraddlePasses() throws {
        let plan = try ShardPlan(examples: 11, shards: 1, microbatch: 4)
        let stream = plan.stream(shard: 0, seed: 3)
        let microbatches = (0..<6).map { plan.microbatch(step: $0, shard: 0, seed: 3) }
        #expect(microbatches.allSatisfy { $0.count == 4 && $0.weights == [1, 1, 1, 1] })
        #expect(microbatches.flatMap(\.examples) == (0..<24).map { stream.row($0).example })
        #expect(microbatches[2].passes == [0, 0, 0, 1])
    }

    @Test func seedsShardsAndPassesGiveDifferentOrders() throws {
        let plan = try ShardPlan(examples: 2000, shards: 2, microbatch: 1)
        func order(_ shard: Int, _ seed: UInt64, _ pass: Int) -> [UInt32] {
            let stream = plan.stream(shard: shard, seed: seed)
            return (0..<1000).map { stream.row(pass * 1000 + $0).example / 2 }
        }
        let orders = [order(0, 1, 0), order(0, 2, 0), order(0, 1 << 40, 0), order(1, 1, 0), order(0, 1, 1)]
        #expect(Set(orders).count == orders.count)
        #expect(orders.allSatisfy { $0 != Array(0..<1000) })
    }

    /// A shuffle leaves one example in its place on average, and about half of all neighbours in ascending order.
    @Test func ordersLookShuffled() throws {
        let plan = try ShardPlan(examples: 4096, shards: 1, microbatch: 1)
        let stream = plan.stream(shard: 0, seed: 11)
        let order = (0..<4096).map { Int(stream.row($0).example) }
        #expect(order.enumerated().filter { $0.offset == $0.element }.count < 8)
        #expect((1900...2200).contains(zip(order, order.dropFirst()).filter { $0 < $1 }.count))
    }

    @Test func epochsAndStepsFollowTheirFormulas() throws {
        let plan = try ShardPlan(examples: 1000, shards: 4, microbatch: 8)
        #expect(plan.steps(epochs: 1) == 32)
        #expect(plan.steps(epochs: 3) == 94)
        #expect(plan.epoch(ofStep: 0) == 1)
        #expect(plan.epoch(ofStep: 31) == 1)
        #expect(plan.epoch(ofStep: 32) == 2)
        #expect(plan.epochs(beforeStep: 125) == 4)
    }

    @Test func refusalsSayWhatToDo() {
        #expect(throws: ShardPlanError.shardsNotPowerOfTwo(6)) {
            try ShardPlan(examples: 100, shards: 6, microbatch: 1)
        }
        #expect(throws: ShardPlanError.microbatchOutOfRange(0)) {
            try ShardPlan(examples: 100, shards: 4, microbatch: 0)
        }
        let error = #expect(throws: ShardPlanError.self) { try ShardPlan(examples: 255, shards: 8, microbatch: 32) }
        #expect(
            error?.description.hasPrefix("the training split has 255 examples, fewer than one step of 8 shards") == true
        )
    }
}

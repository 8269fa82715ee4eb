import Contract
import Testing

@Suite struct LabelledExamplesTests {
    /// 200 examples of four classes in an irregular order, every eleventh without a label.
    private static let labels: [Int?] = (0..<200).map { $0 % 11 == 5 ? nil : ($0 * $0 + $0 / 7) % 4 }
    private static let draw = LabelDraw(classes: 4, count: 24, draw: 3)

    @Test func aDrawHasAsManyOfEachClassAndShard() throws {
        for shards in [1, 2, 4, 8] {
            let chosen = try Self.draw.examples(of: Self.labels, shards: shards)
            #expect(chosen.count == 24 && chosen == Array(Set(chosen)).sorted())
            for label in 0..<4 { #expect(chosen.count { Self.labels[Int($0)] == label } == 6) }
            for shard in 0..<shards { #expect(chosen.count { Int($0) % shards == shard } == 24 / shards) }
        }
    }

    @Test func aDrawIsKeyed() throws {
        let chosen = try Self.draw.examples(of: Self.labels, shards: 2)
        #expect(try Self.draw.examples(of: Self.labels, shards: 2) == chosen)
        #expect(try LabelDraw(classes: 4, count: 24, draw: 4).examples(of: Self.labels, shards: 2) != chosen)
    }

    /// A file in which only the chosen ones have labels is drawn from alike.
    @Test func labelsOfOthersAreNotNeeded() throws {
        let chosen = try Self.draw.examples(of: Self.labels, shards: 4)
        let sparse = Self.labels.indices.map { chosen.contains(UInt32($0)) ? Self.labels[$0] : nil }
        #expect(try Self.draw.examples(of: sparse, shards: 4) == chosen)
    }

    @Test func whatCannotBeDrawnIsSaid() {
        func problem(_ draw: LabelDraw, _ labels: [Int?] = LabelledExamplesTests.labels, shards: Int = 2) -> String {
            do {
                _ = try draw.examples(of: labels, shards: shards)
                return ""
            } catch { return "\(error)" }
        }
        #expect(problem(LabelDraw(classes: 4, count: 25, draw: 1)).contains("take a multiple of 4"))
        #expect(problem(LabelDraw(classes: 4, count: 4, draw: 1), shards: 8).contains("fewer than the 8 shards"))
        #expect(
            problem(LabelDraw(classes: 4, count: 12, draw: 1), [0, 1, 2, 3, 0, 1]).contains(
                "has 2 labelled images of class 0, and 3 of each class are asked for"))
        #expect(problem(LabelDraw(classes: 2, count: 4, draw: 1), [0, 1, 0, 1]).contains("too unevenly spread"))
        #expect(problem(LabelDraw(classes: 4, count: 24, draw: 1), []).contains("has 0 labelled images of class 0"))
    }

    // MARK: - Streams

    private static func plan() throws -> ShardPlan {
        let chosen = try draw.examples(of: labels, shards: 2)
        return try ShardPlan(
            examples: 200, shards: 2, microbatch: 8, labelled: LabelledExamples(examples: chosen, perMicrobatch: 3))
    }

    /// 65,536 shards are looked at once and not once each.
    @Test func aPlanOfTheMostShardsKeepsEachPlace() throws {
        let shards = 1 << 16
        let labelled = LabelledExamples(
            examples: (0..<UInt32(2 * shards)).filter { $0 % 4 < 3 || $0 < shards }, perMicrobatch: 1)
        let plan = try ShardPlan(examples: 4 * shards, shards: shards, microbatch: 2, labelled: labelled)
        for shard in [0, 3, 4, shards - 1] {
            let own = Set(labelled.examples.filter { Int($0) % shards == shard })
            let drawn = (0..<4).map { plan.microbatch(step: $0, shard: shard, seed: 1).examples[0] }
            #expect(Set(drawn) == own, "shard \(shard)")
        }
    }

    @Test func everyMicrobatchHasItsLabelledRowsFirst() throws {
        let plan = try Self.plan()
        let labelled = try #require(plan.labelled)
        for step in 0..<60 {
            for shard in 0..<2 {
                let microbatch = plan.microbatch(step: step, shard: shard, seed: 9)
                #expect(microbatch.examples.map { labelled.contains($0) } == (0..<8).map { $0 < 3 })
                #expect(microbatch.examples.allSatisfy { Int($0) % 2 == shard })
            }
        }
    }

    /// 12 labelled ones, three at a time, and 88 others, five at a time.
    @Test func bothStreamsShowEachExampleOnceAPass() throws {
        let plan = try Self.plan()
        let rows = (0..<88).map { plan.microbatch(step: $0, shard: 1, seed: 9) }
        let own = rows.flatMap { $0.examples.prefix(3) }
        for pass in 0..<22 { #expect(Set(own[pass * 12..<(pass + 1) * 12]).count == 12) }
        let others = rows.flatMap { $0.examples.dropFirst(3) }
        for pass in 0..<5 {
            let some = Set(others[pass * 88..<(pass + 1) * 88])
            #expect(some.count == 88 && some.isDisjoint(with: own))
        }
        #expect(rows[5].passes == [1, 1, 1, 0, 0, 0, 0, 0])
        #expect(own[0..<12] != own[12..<24])
    }

    /// 24 of 200 are labelled and have three of eight rows.
    @Test func weightsMakeTheMeanOneOfAllExamples() throws {
        let weights = try Self.plan().microbatch(step: 4, shard: 0, seed: 9).weights
        #expect(abs(weights[0] - 24.0 / 200 * 8 / 3) < 1e-6 && abs(weights[7] - 176.0 / 200 * 8 / 5) < 1e-6)
        #expect(abs(weights.reduce(0, +) - 8) < 1e-5)
    }

    @Test func twoPassesOfBothShowEverything() throws {
        let plan = try Self.plan()
        for start in [0, 7, 31] {
            let steps = start...start + plan.stepsOfTwoPasses(shard: 0)
            let seen = Set(steps.flatMap { plan.microbatch(step: $0, shard: 0, seed: 2).examples })
            #expect(seen.count == 100)
        }
    }

    @Test func impossibleChoicesAreRefused() {
        func problem(_ examples: [UInt32], _ rows: Int = 2) -> String {
            do {
                _ = try ShardPlan(
                    examples: 16, shards: 2, microbatch: 4,
                    labelled: LabelledExamples(examples: examples, perMicrobatch: rows))
                return ""
            } catch { return "\(error)" }
        }
        #expect(problem([0, 1]) == "" && problem([2, 5, 7]) == "")
        for examples: [UInt32] in [[], [0, 2], [1, 0], [0, 1, 1], [0, 17], (0..<16).map { $0 }] {
            #expect(problem(examples).contains("a choice that gives each of 2 shards some"), "\(examples)")
        }
        for rows in [0, 4, -1] { #expect(problem([0, 1], rows).contains("labelled rows"), "\(rows)") }
    }

    // MARK: - Contracts

    @Test func contractsNameTheChoiceAndOldOnesNone() throws {
        func contract(_ labelled: LabelledExamples?) -> Contract {
            Contract(
                configuration: .dictionary([:]), trainingExamples: 16, validationExamples: 0, shards: 2, microbatch: 4,
                seed: 1, numericClass: NumericClass(engine: "interpreter"), dataFingerprint: "abc",
                labelledExamples: labelled, probeDigest: "def")
        }
        #expect(!contract(nil).canonicalJSON.contains("labelled"))
        let labelled = contract(LabelledExamples(examples: [2, 5, 7], perMicrobatch: 2))
        #expect(labelled.canonicalJSON.contains(#""labelled_examples":{"examples":[2,5,7],"per_microbatch":2}"#))
        #expect(try Contract(json: labelled.canonicalJSON) == labelled)
        #expect(throws: ContractError.self) {
            try Contract(json: contract(LabelledExamples(examples: [2, 4], perMicrobatch: 2)).canonicalJSON)
        }
    }
}

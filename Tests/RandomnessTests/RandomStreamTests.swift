import Randomness
import Testing

@Suite struct RandomStreamTests {
    private let stream = RandomStream(seed: 0x1234_5678_9abc_def0, operator: 3, pass: 2, example: 5, sample: 1)

    private func first(_ stream: RandomStream) -> [UInt32] { (0..<8).map(stream.bits) }

    @Test func anElementDependsOnItsAddressAlone() {
        let forwards = (0..<100).map(stream.bits)
        let backwards = (0..<100).reversed().map(stream.bits)
        #expect(forwards == backwards.reversed())
    }

    /// The packing of the address is part of the contract: these words are Philox of it, written out.
    @Test func theAddressIsPackedAsDocumented() {
        let words = Philox.block(counter: SIMD4(6, 5, 2, 3 << 16 | 1), key: SIMD2(0x9abc_def0, 0x1234_5678))
        #expect((24..<28).map(stream.bits) == (0..<4).map { words[$0] })
    }

    @Test func eachPartOfTheAddressChangesTheStream() {
        var others = [RandomStream](repeating: stream, count: 6)
        others[0].seed ^= 1
        others[1].seed ^= 1 << 63
        others[2].operator += 1
        others[3].pass += 1
        others[4].example += 1
        others[5].sample += 1
        let streams = ([stream] + others).map(first)
        #expect(Set(streams).count == streams.count)
    }

    @Test func uniformNumbersAreExactInFloatAndInsideTheInterval() {
        let numbers = (0..<10_000).map(stream.uniform)
        #expect(numbers.allSatisfy { $0 > 0 && $0 < 1 && Double(Float($0)) == $0 })
        #expect(abs(mean(numbers) - 0.5) < 0.01)
        #expect(abs(mean(numbers.map { $0 * $0 }) - 1.0 / 3) < 0.01)
    }

    /// Standard errors of these means over 40,000 numbers are 0.005, 0.007, 0.019 and 0.05: four of them are allowed.
    @Test func normalNumbersHaveTheMomentsOfTheNormal() {
        let numbers = (0..<40_000).map(stream.normal)
        let moments = (1...4).map { power in
            mean(numbers.map { number in (0..<power).reduce(1) { value, _ in value * number } })
        }
        for (moment, (expected, error)) in zip(moments, [(0.0, 0.02), (1, 0.03), (0, 0.08), (3, 0.2)]) {
            #expect(abs(moment - expected) < error)
        }
    }

    /// Sine and cosine of one angle are uncorrelated, and so are neighbouring pairs and examples.
    @Test func normalNumbersOfNeighboursAreUncorrelated() {
        var neighbour = stream
        neighbour.example += 1
        let count = 20_000
        for lag in 1...3 { #expect(abs(mean((0..<count).map { stream.normal($0) * stream.normal($0 + lag) })) < 0.03) }
        #expect(abs(mean((0..<count).map { stream.normal($0) * neighbour.normal($0) })) < 0.03)
    }

    private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
}

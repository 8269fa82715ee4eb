import SeededRandomness
import Tensors

extension SeededGenerator {
    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func shape(rank: Int, upTo extent: Int = 4) -> Shape {
        Shape((0..<rank).map { _ in int(1...extent) })
    }
}

import SeededRandomness
import Tensors

/// A convolution of random shape: ragged extents, strides 1 to 3, unlike paddings.
struct ConvolutionProblem: CustomStringConvertible {
    let window: Operation.Convolution
    let x: Shape
    let weight: Shape
    let y: Shape

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed &+ 100)
        func pair(_ range: ClosedRange<Int>) -> SIMD2<Int> { SIMD2(generator.int(range), generator.int(range)) }
        let window = Operation.Convolution(stride: pair(1...3), paddingBefore: pair(0...2), paddingAfter: pair(0...2))
        let kernel = pair(1...3)
        let image = kernel &+ pair(0...4)
        let channels = pair(1...3)
        self.window = window
        x = [generator.int(1...2), channels.x, image.x, image.y]
        weight = [channels.y, channels.x, kernel.x, kernel.y]
        y = [
            x[0], channels.y, window.output(input: image.x, window: kernel.x, axis: 0),
            window.output(input: image.y, window: kernel.y, axis: 1),
        ]
    }

    var description: String { "x \(x), weight \(weight), stride \(window.stride), padding \(window.paddingBefore)" }
}

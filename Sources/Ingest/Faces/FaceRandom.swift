import Randomness

/// Draws the traits of one face, one after the other, from its own keyed stream.
///
/// Only arithmetic is used on the way from random bits to pixels, no sine or logarithm of the system's library, so that
/// a face is the same on every machine.
struct FaceRandom {
    private let stream: RandomStream
    private var element = 0

    init(seed: UInt64, index: Int) {
        stream = RandomStream(seed: seed, operator: RandomStream.synthesis, example: UInt32(index))
    }

    /// A number spread evenly over a range.
    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        defer { element += 1 }
        return range.lowerBound + Float(stream.uniform(element)) * (range.upperBound - range.lowerBound)
    }

    /// A number from a range, likelier in its middle: the mean of three even ones.
    mutating func bell(_ range: ClosedRange<Float>) -> Float {
        (uniform(range) + uniform(range) + uniform(range)) / 3
    }

    /// True with a probability.
    mutating func chance(_ probability: Float) -> Bool { uniform(0...1) < probability }

    /// A colour on the way through a list of colours, each channel then varied by up to `spread`.
    mutating func color(through stops: [RGB], spread: Float = 0.03) -> RGB {
        let place = uniform(0...1) * Float(stops.count - 1)
        let stop = min(Int(place), stops.count - 2)
        let mixed = mix(stops[stop], stops[stop + 1], place - Float(stop))
        let variation = RGB(uniform(-spread...spread), uniform(-spread...spread), uniform(-spread...spread))
        return (mixed + variation).clamped(lowerBound: RGB(repeating: 0), upperBound: RGB(repeating: 1))
    }
}

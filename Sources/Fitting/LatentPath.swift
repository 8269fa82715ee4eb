import Glibc

/// A way from one code to another.
public enum LatentPath: String, Hashable, Sendable, CaseIterable {
    /// (1 − t) a + t b: the straight line.
    case linear
    /// (sin((1 − t) ω) a + sin(t ω) b) / sin ω with ω the angle between a and b: the lengths between are those of codes, and not shorter.
    ///
    /// Where the codes lie on one line through 0 it is the straight line.
    /// Source: White, "Sampling generative networks", 2016, section 2.1.
    case spherical

    /// The code at a share t of the way, from 0 to 1.
    public func point(from a: ArraySlice<Float>, to b: ArraySlice<Float>, at share: Float) -> [Float] {
        precondition(a.count == b.count, "codes of \(a.count) and of \(b.count) numbers")
        let (first, second) = weights(a, b, share)
        return zip(a, b).map { first * $0 + second * $1 }
    }

    private func weights(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, _ share: Float) -> (Float, Float) {
        let straight = (1 - share, share)
        guard self == .spherical else { return straight }
        func dot(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
            zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let lengths = (dot(a, a) * dot(b, b)).squareRoot()
        guard lengths > 0 else { return straight }
        let angle = acos(max(-1, min(1, dot(a, b) / lengths)))
        guard sin(angle) > 1e-6 else { return straight }
        let t = Double(share)
        return (Float(sin((1 - t) * angle) / sin(angle)), Float(sin(t * angle) / sin(angle)))
    }
}

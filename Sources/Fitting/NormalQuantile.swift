import Glibc

/// The value that a standard normal number lies below with a probability: Φ⁻¹(p), by Newton's method on Φ from 0.
///
/// Near 0 and 1 Newton's steps are kept to one unit, so that none overshoots.
public func normalQuantile(_ probability: Double) -> Double {
    precondition(
        probability > 0 && probability < 1, "a quantile is of a probability between 0 and 1, not \(probability)")
    var x = 0.0
    for _ in 0..<100 {
        let distribution = 0.5 * erfc(-x / 2.0.squareRoot())
        let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        let step = max(-1, min(1, (distribution - probability) / density))
        x -= step
        if abs(step) < 1e-14 { break }
    }
    return x
}

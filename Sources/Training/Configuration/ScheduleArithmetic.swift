/// xⁿ by repeated multiplication: the same bits on every machine, which the system's `pow` does not promise.
func power(_ x: Double, _ n: Int) -> Double {
    precondition(n >= 0, "a power is not negative, as \(n) is")
    var result = 1.0
    var square = x
    var n = n
    while n > 0 {
        if n & 1 == 1 { result *= square }
        square *= square
        n >>= 1
    }
    return result
}

/// cos πx for x in [0, 1], within 2⁻⁵⁰, by its Taylor series about 1/2: the same bits on every machine.
///
/// cos πx = −sin π(x − 1/2), and 12 terms of the sine reach past Float64's precision on [−π/2, π/2].
func cosineOfHalfTurns(_ x: Double) -> Double {
    let angle = Double.pi * (x - 0.5)
    let square = angle * angle
    var sum = 1.0
    for k in stride(from: 25, through: 3, by: -2) { sum = 1 - square / Double(k * (k - 1)) * sum }
    return -angle * sum
}

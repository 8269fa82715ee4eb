/// The mean of a few measurements, and how far the true mean may be from it.
public struct StudentInterval: Hashable, Sendable {
    public let mean: Double
    /// Half the width of the 95 % confidence interval, t · s / √n with Student's t of n − 1 degrees of freedom; nil for one measurement.
    public let halfWidth95: Double?

    public init(of values: [Double]) {
        precondition(!values.isEmpty, "no measurement has no mean")
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        halfWidth95 =
            values.count < 2
            ? nil : Self.quantile(degreesOfFreedom: values.count - 1) * (squares / (count - 1) / count).squareRoot()
    }

    /// Student's t that 97.5 of 100 lie below, to three decimals.
    ///
    /// Beyond 30 by the first terms of its expansion about the normal quantile z: z + (z³ + z) / 4n + (5z⁵ + 16z³ + 3z) / 96n².
    ///
    /// Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7.5 and table 26.10.
    static func quantile(degreesOfFreedom n: Int) -> Double {
        let table = [
            12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
            2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
        ]
        if n <= table.count { return table[n - 1] }
        let z = 1.959_964
        let cube = z * z * z
        return z + (cube + z) / (4 * Double(n)) + (5 * cube * z * z + 16 * cube + 3 * z) / (96 * Double(n) * Double(n))
    }
}

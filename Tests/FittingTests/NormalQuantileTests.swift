import Fitting
import Testing

@Suite struct NormalQuantileTests {
    /// `scipy.stats.norm.ppf`
    @Test(arguments: [
        (0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.025, -1.959_963_984_540_054), (0.9, 1.281_551_565_544_600_4),
        (1e-10, -6.361_340_902_404_056), (0.999_999, 4.753_424_308_822_899),
    ])
    func quantilesAreThoseOfSciPy(_ probability: Double, _ quantile: Double) {
        #expect(abs(normalQuantile(probability) - quantile) < 1e-9)
    }
}

import Testing

@testable import Monitoring

/// Prometheus' text format 0.0.4, as it is defined.
@Suite struct ExpositionTests {
    @Test func helpAndTypeComeFirstAndLabelsAreEscaped() {
        let family = MetricFamily(
            "a_total", .counter, "back\\slash\nnew line",
            [.init(labels: [.init(name: "worker", value: "a\"b\\c\nd"), .init(name: "x", value: "")], value: 3)])
        #expect(
            Exposition.text([family]) == """
                # HELP a_total back\\\\slash\\nnew line
                # TYPE a_total counter
                a_total{worker="a\\"b\\\\c\\nd",x=""} 3

                """)
    }

    /// CR and LF together are one `Character`, and so are a quote and an accent.
    @Test func labelsAreEscapedScalarByScalar() {
        let family = MetricFamily(
            "a", .gauge, "a\r\nb", [.init(labels: [.init(name: "x", value: "a\r\n\"\u{301}\\\u{301}")], value: 1)])
        let lines = Array(Exposition.text([family]).utf8).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 3)
        #expect(Array(lines[0]) == Array("# HELP a a\r\\nb".utf8))
        #expect(Array(lines[2]) == Array("a{x=\"a\r\\n\\\"\u{301}\\\\\u{301}\"} 1".utf8))
    }

    @Test func aMetricWithoutSamplesIsLeftOut() {
        #expect(Exposition.text([MetricFamily("a", .gauge, "none", nil)]).isEmpty)
    }

    @Test(arguments: [
        (1.0, "1"), (0.1, "0.1"), (1e-7, "1e-07"), (-2.5, "-2.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992"),
    ])
    func numbersAreAsGoReadsThem(_ value: Double, _ text: String) {
        #expect(Exposition.number(value) == text)
    }
}

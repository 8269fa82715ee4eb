import Contract
import Pictures
import Testing
import Training

@testable import Reports

@Suite struct ReportsTests {
    static func row(_ step: Int, _ split: String, _ reconstruction: String, others: String = "") throws -> MetricsRow {
        try #require(
            MetricsRow(
                line: """
                    {"version":2,"step":\(step),"epoch":\((step + 1) / 2),"split":"\(split)","negative_elbo":\(reconstruction),\
                    "reconstruction":\(reconstruction),"divergence":1\(others),"images_per_second":\(10 * step),"workers":2}
                    """))
    }

    static func rows() throws -> [MetricsRow] {
        [
            try row(1, "train", "9"), try row(2, "train", "8"), try row(2, "valid", "7", others: #","active_units":3"#),
            try row(3, "train", "6"), try row(4, "train", "5"), try row(4, "valid", "null"), try row(5, "train", "4"),
            try row(6, "train", "2"), try row(6, "valid", "7.5", others: #","active_units":4"#),
        ]
    }

    @Test func figuresAreThoseOfTheLastEpochAndOfTheBestEvaluation() throws {
        let figures = RunFigures(try Self.rows())
        #expect(figures.step == 6 && figures.epoch == 3)
        #expect(figures.train?.reconstruction == 3 && figures.train?.negativeELBO == 4)
        #expect(figures.best?.step == 2 && figures.heldOut?.step == 6)
        #expect(figures.imagesPerSecond == 40 && figures.workers == 2)
        let none = RunFigures([])
        #expect(none.step == 0 && none.train == nil && none.best == nil && none.imagesPerSecond == nil)
    }

    @Test func linesGoOverEpochsAndLeaveOutWhatIsNoNumber() throws {
        let curves = RunCurves(try Self.rows())
        #expect(curves.haveEpochs)
        let valid = curves.valid(overEpochs: true) { $0.number("negative_elbo") }
        #expect(valid.map(\.x) == [1, 3] && valid.map(\.y) == [7, 7.5])
        #expect(curves.train(overEpochs: false) { $0.number("divergence") }.map(\.x) == [1, 2, 3, 4, 5, 6])
        let long = RunCurves(try (1...1000).map { try Self.row($0, "train", "\($0)") })
        let points = long.train(overEpochs: false) { $0.number("reconstruction") }
        #expect(points.count == 200 && points[0].x == 5 && points[0].y == 3)
    }

    @Test func aTableHasAColumnForEverythingThatAnyRowHas() throws {
        let lines = MetricsTable(try Self.rows()).text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines[0]
                == "step,epoch,split,negative_elbo,reconstruction,divergence,active_units,images_per_second,workers")
        #expect(lines[1] == "1,1,train,9,9,1,,10,2")
        #expect(lines[3] == "2,1,valid,7,7,1,3,20,2")
        #expect(lines[6] == "4,2,valid,,,1,,40,2")
        #expect(lines.count == 11 && lines[10].isEmpty)
    }

    @Test func aComparisonNamesWhatDiffersAndNothingElse() throws {
        func run(_ name: String, _ json: String) throws -> Comparison.Run {
            Comparison.Run(
                name: name, configuration: try #require(ConfigurationNode(json: json)), rows: try Self.rows())
        }
        let comparison = Comparison([
            try run("a", #"{"seed":1,"rate":0.5,"model":{"latents":2,"layers":[1,2]}}"#),
            try run("b", #"{"seed":1,"rate":0.25,"model":{"latents":2,"layers":[1]},"wire":"bf16"}"#),
        ])
        #expect(comparison.differences.map(\.key) == ["model.layers[1]", "rate", "wire"])
        #expect(comparison.differences[0].values == [.integer(2), nil])
        #expect(comparison.differences[1].values == [.number(0.5), .number(0.25)])
        #expect(comparison.plot.series.map(\.name) == ["a", "b"] && comparison.plot.xTitle == "epoch")
    }

    @Test func whatComesFromARunCommandsNoPage() throws {
        let contract = Contract(
            configuration: .null, trainingExamples: 8, validationExamples: 4, shards: 2, microbatch: 2, seed: 1,
            numericClass: NumericClass(engine: "<b>"), dataFingerprint: "f", probeDigest: "p")
        let report = RunReport(
            name: "</title><script>", rows: try Self.rows(), configuration: "a: \"<&>\"\u{301}\n",
            pictures: [("Samples", [RunReport.Picture(caption: "after epoch 1", bytes: [1, 2, 3])])],
            provenance: Provenance(run: "r", contract: contract, step: 6, digest: "d", program: "tributary"))
        let page = report.html
        #expect(!page.contains("<script") && !page.contains("<b>\n") && page.contains("&lt;b&gt;"))
        #expect(page.contains("a: &quot;&lt;&amp;&gt;&quot;\u{301}"))
        #expect(page.contains("src=\"data:image/png;base64,AQID\""))
        #expect(page.contains("tributary train --config config.yaml --data data.h5 --out again --steps 6"))
        #expect(!page.contains("http") && page.contains("<polyline"))
    }
}

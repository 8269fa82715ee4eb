import Foundation
import Testing

/// From a table with labels to the accuracy of a model that was trained with a few of them, as a user goes.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct LabelCommandTests {
    /// Stripes at three places, 8 x 8 pixels, 40 of each class.
    private static let table: String = {
        let header = "label," + (0..<64).map { "pixel\($0)" }.joined(separator: ",")
        let rows = (0..<120).map { row in
            let pixels = (0..<64).map { pixel -> Int in
                let isStripe = (2 * (row % 3)..<2 * (row % 3) + 3).contains(pixel % 8)
                return (isStripe ? 170 : 20) + (row * 31 + pixel * 17) % 80
            }
            return "\(row % 3)," + pixels.map(String.init).joined(separator: ",")
        }
        return ([header] + rows).joined(separator: "\n") + "\n"
    }()

    private static func configuration(_ estimator: String, _ more: String = "") -> String {
        """
        model:
          images: {channels: 1, height: 8, width: 8, binarize: 0.5}
          encoder: [flatten, linear: {units: 16}, softplus]
          latents: 2
          decoder: [linear: {units: 16}, softplus, linear: {units: 64}, reshape: [1, 8, 8]]
          classes: 3
        \(more)
        objective: {likelihood: bernoulli, estimator: \(estimator)}
        learning_rate: 0.01
        shards: 2
        microbatch: 8
        epochs: 20

        """
    }

    private static let m2 = configuration("semi_supervised", "  classifier: [flatten, linear: {units: 8}, softplus]")

    private static func bench() throws -> Workbench {
        let bench = try Workbench()
        try bench.write(table, to: "stripes.csv")
        let imported = try Command(
            "data", "import", bench["stripes.csv"], "--split", "0.25", "--out", bench["stripes.h5"])
        try #require(imported.status == 0, "\(imported.errors)")
        try bench.write(m2 + "labels: {labelled: 6, per_microbatch: 3}\n", to: "m2.yaml")
        try bench.write(configuration("conditional"), to: "cvae.yaml")
        return bench
    }

    private static func accuracy(_ command: Command) throws -> Double {
        try #require(command.status == 0, "\(command.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8))
        return try #require((object as? [String: Any])?["accuracy"] as? Double)
    }

    @Test func aModelOfFewLabelsTellsClasses() throws {
        let bench = try Self.bench()
        let trained = try bench.train(configuration: "m2.yaml", data: "stripes.h5")
        try #require(trained.status == 0, "\(trained.errors)")
        let metrics = try String(contentsOfFile: bench["run/metrics.jsonl"], encoding: .utf8)
        #expect(metrics.split(separator: "\n").allSatisfy { $0.contains(#""accuracy":"#) })
        let words = ["classify", "--checkpoint", bench["run"], "--data", bench["stripes.h5"], "--json"]
        func classify(_ more: String...) throws -> Command {
            try Command(program: Command.executable, words + more)
        }
        let own = try Self.accuracy(classify())
        #expect(own == 1)
        #expect(metrics.split(separator: "\n").last?.contains(#""accuracy":1,"#) == true)
        for method in ["logistic", "svm", "network"] {
            let report = try classify("--method", method, "--labelled", "9", "--draws", "3")
            #expect(try (0...1).contains(Self.accuracy(report)))
            #expect(report.output.contains(#""confidence_95":"#) && report.output.contains(#""method":"\#(method)""#))
        }
        let again = try classify("--method", "svm", "--labelled", "9", "--draws", "3")
        #expect(try again.output == classify("--method", "svm", "--labelled", "9", "--draws", "3").output)
        let uneven = try classify("--method", "svm", "--labelled", "10")
        #expect(uneven.sentence?.contains("take a multiple of 3") == true, "\(uneven.errors)")
        let pixels = try Command("classify", "--data", bench["stripes.h5"], "--labelled", "9", "--draws", "2", "--json")
        #expect(try Self.accuracy(pixels) == 1)
        #expect(!pixels.output.contains(#""step":"#) && pixels.output.contains(#""method":"logistic""#))
    }

    @Test func theClassesThatAreToldAreWritten() throws {
        let bench = try Self.bench()
        let trained = try bench.train(configuration: "m2.yaml", data: "stripes.h5")
        try #require(trained.status == 0, "\(trained.errors)")
        func lines(_ name: String, _ words: String...) throws -> [[Substring]] {
            let written = try Command(
                program: Command.executable,
                ["classify", "--data", bench["stripes.h5"], "--out", bench[name]] + words)
            try #require(written.status == 0, "\(written.errors)")
            return try String(contentsOfFile: bench[name], encoding: .utf8).split(separator: "\n").map {
                $0.split(separator: ",")
            }
        }
        let own = try lines("own.csv", "--checkpoint", bench["run"])
        #expect(own[0].joined(separator: ",") == "split,row,label,class,probability_0,probability_1,probability_2")
        // A quarter of 120 rows; row r of the table has the class r mod 3.
        #expect(own.count == 31 && own[1...].allSatisfy { $0[2] == $0[3] })
        for line in own[1...] {
            let probabilities = line[4...].compactMap { Float($0) }
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
            #expect(probabilities.firstIndex(of: probabilities.max()!) == Int(line[3]))
        }
        let scores = try lines("svm.csv", "--method", "svm", "--labelled", "9", "--draws", "1")
        #expect(scores[0].last == "score_2" && scores.map { $0[1] } == own.map { $0[1] })
        let several = try Command(
            "classify", "--data", bench["stripes.h5"], "--labelled", "9", "--out", bench["several.csv"])
        #expect(several.sentence?.hasSuffix("and 5 are tried: add --draws 1") == true, "\(several.errors)")
    }

    @Test func aConditionalModelDrawsTheClassThatIsAskedFor() throws {
        let bench = try Self.bench()
        let trained = try bench.train("--epochs", "2", configuration: "cvae.yaml", data: "stripes.h5")
        try #require(trained.status == 0, "\(trained.errors)")
        func sample(_ name: String, _ more: String...) throws -> Command {
            let words = ["sample", "--checkpoint", bench["run"], "--count", "4", "--out", bench[name]]
            return try Command(program: Command.executable, words + more)
        }
        for label in ["0", "1"] { #expect(try sample("\(label).png", "--class", label).status == 0) }
        let pictures = ["0.png", "1.png"].map { FileManager.default.contents(atPath: bench[$0]) }
        #expect(pictures[0] != nil && pictures[0] != pictures[1])
        #expect(try sample("3.png", "--class", "3").sentence?.hasPrefix("--class is from 0 to 2, not 3") == true)
        let walk = try Command(
            "interpolate", "--checkpoint", bench["run"], "--data", bench["stripes.h5"], "--rows", "2", "--out",
            bench["walk.png"])
        #expect(walk.status == 0, "\(walk.errors)")
        let resumed = try bench.train("--resume", "--epochs", "3", configuration: "cvae.yaml", data: "stripes.h5")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let verified = try Command(
            "verify-run", bench["run"], "--steps", "1..100", "--data", bench["stripes.h5"])
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test func whatLacksLabelsIsRefusedInASentence() throws {
        let bench = try Self.bench()
        try bench.write(
            Self.table.split(separator: "\n").map { $0.split(separator: ",").dropFirst().joined(separator: ",") }
                .joined(separator: "\n") + "\n", to: "plain.csv")
        let imported = try Command("data", "import", bench["plain.csv"], "--split", "0.25", "--out", bench["plain.h5"])
        try #require(imported.status == 0, "\(imported.errors)")
        let unlabelled = try bench.train(configuration: "cvae.yaml", data: "plain.h5")
        #expect(unlabelled.sentence?.contains("have no labels, and this objective reads them") == true)
        try bench.write(Self.m2 + "labels: {labelled: 900, per_microbatch: 3}\n", to: "many.yaml")
        let many = try bench.train(configuration: "many.yaml", data: "stripes.h5")
        #expect(many.sentence?.contains("and 300 of each class are asked for: ask for fewer") == true, "\(many.errors)")
        try bench.write(
            Self.configuration("conditional").replacing("classes: 3", with: "classes: 2"), to: "two.yaml")
        let two = try bench.train(configuration: "two.yaml", data: "stripes.h5")
        #expect(two.sentence?.contains("an image of class 2, and a model of 2 classes knows 0 to 1") == true)
        let trained = try bench.train("--steps", "1")
        try #require(trained.status == 0, "\(trained.errors)")
        let faces = try Command("classify", "--checkpoint", bench["run"], "--data", bench["faces.h5"])
        #expect(
            faces.sentence?.contains("targets for each image, and a class is one number") == true, "\(faces.errors)")
        let class0 = try Command(
            "sample", "--checkpoint", bench["run"], "--class", "0", "--out", bench["new.png"])
        #expect(class0.sentence?.contains("is no model of images given labels") == true, "\(class0.errors)")
    }
}

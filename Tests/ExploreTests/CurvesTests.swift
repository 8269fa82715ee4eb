import Foundation
import Testing

@testable import Explore

@Suite struct CurvesTests {
    private static func line(_ step: Int, _ split: String = "train", _ value: Double = 5) -> String {
        #"{"version":2,"step":\#(step),"epoch":1,"split":"\#(split)","negative_elbo":\#(value),"reconstruction":\#(value),"#
            + #""divergence":0,"images_per_second":7.5,"workers":2}"# + "\n"
    }

    private static func withFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func whatIsAddedIsReadAndATornLineWaitsForItsEnd() throws {
        try Self.withFile { path in
            var curves = Curves(path)
            let none = curves.summary()
            #expect(none == nil)
            let second = Self.line(2, "valid", 3)
            try (Self.line(1) + second.prefix(20)).write(toFile: path, atomically: false, encoding: .utf8)
            let begun = curves.summary()
            let first = try #require(begun)
            #expect(first.train == [1, 5] && first.valid == [] && first.workers == 2 && first.imagesPerSecond == 7.5)
            try (Self.line(1) + second).write(toFile: path, atomically: false, encoding: .utf8)
            let more = curves.summary()
            #expect(more?.valid == [2, 3])
            // A run that went back.
            try Self.line(9).write(toFile: path, atomically: false, encoding: .utf8)
            let again = curves.summary()
            let cut = try #require(again)
            #expect(cut.train == [9, 5] && cut.valid == [] && !cut.hasMore)
        }
    }

    @Test func manyStepsBecomeFewPointsWithTheirMeans() throws {
        try Self.withFile { path in
            let text = (1...3000).map { Self.line($0, "train", Double($0)) }.joined()
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            var curves = Curves(path)
            let begun = curves.summary()
            var summary = try #require(begun)
            #expect(summary.hasMore && summary.step < 3000)
            while summary.hasMore {
                let next = curves.summary()
                summary = try #require(next)
            }
            #expect(summary.step == 3000 && summary.train.count <= 802)
            for point in stride(from: 0, to: summary.train.count, by: 2) {
                #expect(abs(summary.train[point] - summary.train[point + 1]) < 1e-9)
            }
        }
    }
}

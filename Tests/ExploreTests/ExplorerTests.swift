import Foundation
import Pictures
import Randomness
import Testing
import Training
import TrainingTestSupport

@testable import Explore
@testable import Web

@Suite struct ExplorerTests {
    private static let tiny = try! TinyRun()
    private static let code: [Float] = [0.25, -1.5]

    private static func image(_ pixels: [Float]) -> Image {
        Image(planar: pixels, channels: 1, height: 4, width: 4)
    }

    @Test func aPictureHasTheModelsOwnPixels() async throws {
        let explorer = try Self.tiny.explorer()
        let answer = await explorer.answer(try .post("/picture.png", #"{"code": [0.25, -1.5]}"#))
        #expect(answer.status == 200 && answer.type == "image/png")
        #expect(try PNG.decode(answer.body, name: "answer") == Self.image(try Self.tiny.model().decode(Self.code)))
    }

    @Test func anotherCheckpointDecodesByItsOwnWeights() async throws {
        let explorer = try Self.tiny.explorer()
        for step in [2, 4, 2, 6, 4] {
            let answer = await explorer.answer(try .post("/picture.png?step=\(step)", #"{"code": [0.25, -1.5]}"#))
            #expect(
                try PNG.decode(answer.body, name: "answer") == Self.image(try Self.tiny.model(step).decode(Self.code)))
        }
        let gone = await explorer.answer(try .post("/picture.png?step=3", #"{"code": [0, 0]}"#))
        #expect(gone.status == 404 && gone.text == "the run has no checkpoint of step 3 any more\n")
    }

    @Test func codesAreTheModels() async throws {
        let explorer = try Self.tiny.explorer()
        let summary = await explorer.answer(try .get("/model.json")).text
        #expect(summary.contains(#""examples_are_held_out":true"#), "\(summary)")
        let pixels = Self.tiny.source.pixels(of: [7], in: .valid)
        let expected = try Self.tiny.model().codes(pixels)
        #expect(await explorer.answer(try .get("/example.json?index=7")).code == expected)
        let shown = await explorer.answer(try .get("/example.png?index=7"))
        #expect(try PNG.decode(shown.body, name: "answer").planarPixels == pixels)
        // The same picture as somebody's own, twice as wide.
        let wide = Image(planar: pixels, channels: 1, height: 4, width: 4).padded(width: 8, height: 4)
        #expect(await explorer.answer(try .post("/code.json", try PNG.encode(wide))).code == expected)
        let draw = await explorer.answer(try .get("/draw.json?seed=9"))
        #expect(draw.code == (try Self.tiny.model().priorCodes(count: 1, seed: 9)))
    }

    @Test(arguments: [
        ("/picture.png", #"{"code": [1]}"#, 400), ("/picture.png", #"{"code": [1, 2, 3]}"#, 400),
        ("/picture.png", #"{"code": [1, "x"]}"#, 400), ("/picture.png", "[1, 2]", 400), ("/picture.png", "", 400),
        ("/picture.png", #"{"code": [1, 1e99]}"#, 400), ("/picture.png?step=x", #"{"code": [1, 2]}"#, 400),
        ("/code.json", "GIF89a", 422), ("/code.json", "\u{89}PNG", 422), ("/model.json", "", 405), ("/", "", 405),
        ("/../../etc/passwd", "", 404), ("/%2e%2e/etc/passwd", "", 404), ("//etc/passwd", "", 404),
        ("/page.html", "", 404),
    ])
    func whatMakesNoSenseIsToldInASentence(_ path: String, body: String, status: Int) async throws {
        let answer = await (try Self.tiny.explorer()).answer(try .post(path, body))
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.text.hasSuffix("\n") && answer.text.split(separator: "\n").count == 1)
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        let explorer = try Self.tiny.explorer()
        for target in [
            "/example.json?index=11", "/example.json", "/example.png?index=99999999999", "/draw.json",
            "/draw.json?seed=-1",
            "/draw.json?seed=1&class=1", "/draw.json?seed=1&step=77", "/etc/passwd", "/../page.html", "/./",
            "/page.css/",
        ] {
            #expect((400..<500).contains(await explorer.answer(try .get(target)).status), "\(target)")
        }
        let without = try Self.tiny.explorer(hasExamples: false)
        #expect(await without.answer(try .get("/example.png?index=0")).status == 404)
    }

    /// Ten thousand requests that are wrong, and then the answers are what they were.
    @Test func nothingThatIsSentChangesAnotherAnswer() async throws {
        let explorer = try Self.tiny.explorer()
        func answers() async throws -> [Answer] {
            var answers: [Answer] = []
            for request in [
                try Request.get("/model.json"), try .get("/run.json"), try .get("/example.json?index=2"),
                try .get("/draw.json?seed=3"), try .post("/picture.png", #"{"code": [0.25, -1.5]}"#),
            ] { answers.append(await explorer.answer(request)) }
            return answers
        }
        let before = try await answers()
        let paths = ["/picture.png", "/code.json", "/draw.json?seed=1", "/picture.png?step=2", "/run.json", "/x"]
        for example in 0..<10_000 {
            let stream = RandomStream(seed: 2, operator: 9, example: UInt32(example))
            let body = (0..<Int(stream.bits(0) % 40)).map { UInt8(truncatingIfNeeded: stream.bits($0 + 2)) }
            _ = await explorer.answer(try .post(paths[Int(stream.bits(1)) % paths.count], body))
        }
        #expect(try await answers() == before)
        #expect(before.allSatisfy { $0.status == 200 })
    }

    @Test func thePageIsThereAndAsksForNothingElsewhere() async throws {
        let explorer = try Self.tiny.explorer()
        for path in ["/", "/page.css", "/page.js", "/widgets.js", "/icon.svg"] {
            let answer = await explorer.answer(try .get(path))
            #expect(answer.status == 200 && answer.text.count > 100)
            let addresses = answer.text.components(separatedBy: "http").dropFirst().filter {
                !$0.hasPrefix("://www.w3.org/2000/svg")
            }
            #expect(addresses.isEmpty, "\(path) names \(addresses)")
        }
    }

    @Test func everyAnswerForbidsWhatAPageDoesNotNeed() {
        let text = String(decoding: Answer(Refusal(400, "why")).encoded(isLast: true), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n") && text.hasSuffix("\r\n\r\nwhy\n"))
        #expect(
            text.contains("\r\nContent-Security-Policy: default-src 'self';")
                && text.contains("\r\nConnection: close\r\n"))
        #expect(!text.lowercased().contains("set-cookie") && !text.lowercased().contains("access-control"))
    }
}

import Foundation
import Pictures
import Training
import VAE
import Web

/// What can be asked, path by path.
extension Explorer {
    /// The bytes that a request for a path may bring at most. Photographs of telephones are below 16 MiB.
    static func mostBytes(behind path: String, codeCount: Int) -> Int {
        switch path {
        case "/picture.png": 1024 + 32 * codeCount
        case "/code.json": 16 << 20
        default: 0
        }
    }

    /// Answers a request that was let in.
    public func answer(_ request: Request) -> Answer {
        do {
            if let part = Page.part(request.head.path) { return try part.answer(request.head) }
            return try answerOfModel(request)
        } catch let refusal as Refusal {
            return Answer(refusal)
        } catch {
            return Answer(Refusal(500, "\(error)"))
        }
    }

    private func answerOfModel(_ request: Request) throws -> Answer {
        let head = request.head
        switch (head.method, head.path) {
        case (.get, "/model.json"): return try Answer(json: description())
        case (.get, "/run.json"): return try Answer(json: progress())
        case (.get, "/example.png"): return Answer(png: try PNG.encode(example(try index(head))))
        case (.get, "/example.json"): return try codeOfExample(head)
        case (.get, "/draw.json"): return try draw(head)
        case (.post, "/picture.png"): return try picture(request)
        case (.post, "/code.json"): return try codeOfPicture(request)
        case (_, "/model.json"), (_, "/run.json"), (_, "/example.png"), (_, "/example.json"), (_, "/draw.json"),
            (_, "/picture.png"), (_, "/code.json"):
            throw Refusal(405, "\(head.path) is not asked for with \(head.method.rawValue)")
        default: throw Refusal(404, "there is nothing at this path")
        }
    }

    /// A picture of a code: {"code": [numbers]}.
    private func picture(_ request: Request) throws -> Answer {
        guard let wanted = try? JSONDecoder().decode(Code.self, from: Data(request.body)) else {
            throw Refusal(400, #"a code comes as JSON, {"code": [numbers]}"#)
        }
        try load(try request.head.number("step"))
        return Answer(png: try picture(of: wanted.code))
    }

    private struct Code: Codable {
        let code: [Float]
    }

    private func draw(_ head: RequestHead) throws -> Answer {
        guard let seed = try head.number("seed") else { throw Refusal(400, "a draw needs a seed, such as seed=3") }
        try load(try head.number("step"))
        let label = try head.number("class")
        guard label == nil || classCount > 0 else { throw Refusal(400, "this model takes no classes: leave class out") }
        guard (label ?? 0) < max(1, classCount) else {
            throw Refusal(400, "the classes are from 0 to \(classCount - 1), not \(label ?? 0)")
        }
        return try Answer(json: Code(code: try model.priorCodes(count: 1, seed: UInt64(seed), label: label)))
    }

    private func index(_ head: RequestHead) throws -> Int {
        let count = run.examples?.count ?? 0
        guard let index = try head.number("index"), index < count else {
            throw Refusal(
                404, count == 0 ? "there are no examples: start with --data" : "the examples are from 0 to \(count - 1)"
            )
        }
        return index
    }

    private func example(_ index: Int) throws -> Image {
        guard let examples = run.examples else { throw Refusal(404, "there are no examples: start with --data") }
        let pixels = try examples.source.pixels(of: [index], in: examples.split)
        return Image(planar: pixels, channels: images.channels, height: images.height, width: images.width)
    }

    private func codeOfExample(_ head: RequestHead) throws -> Answer {
        let example = try example(try index(head))
        try load(try head.number("step"))
        return try Answer(json: Code(code: try model.codes(example.planarPixels)))
    }

    /// The code of a picture file, and the part of it that the model sees.
    private func codeOfPicture(_ request: Request) throws -> Answer {
        let pixels: [UInt8]
        do { pixels = try run.fit(request.body) } catch { throw Refusal(422, "\(error)") }
        try load(try request.head.number("step"))
        let seen = Image(planar: pixels, channels: images.channels, height: images.height, width: images.width)
        return try Answer(
            json: SeenPicture(code: try model.codes(pixels), png: Data(try PNG.encode(seen)).base64EncodedString()))
    }

    private struct SeenPicture: Encodable {
        let code: [Float]
        let png: String
    }

    /// Classes that the decoder takes; 0 where it takes none.
    var classCount: Int { model.codeCount - survey.centre.count }
}

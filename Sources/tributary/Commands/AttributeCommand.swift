import ArgumentParser
import ConfigurationFiles
import Ingest
import Pictures
import Training
import VAE

/// `tributary attribute`: what images look like with more and less of an attribute.
struct AttributeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribute",
        abstract: "Changes an attribute of images, such as a smile, along its vector of codes.",
        discussion: """
            An attribute's vector is the mean code of the training images with it minus that of those without it. A row begins with an \
            image, and its code then moves from minus --strength to plus --strength times the vector. Attributes are the file's named \
            targets, or its classes. --json says what that does, by a classifier trained on real images.

            Examples:
              tributary attribute --checkpoint runs/faces --data faces.h5 \\
                --name Smiling,Eyeglasses --out smiles.png
              tributary attribute --checkpoint runs/faces --data faces.h5 \\
                --name Smiling --image me.jpg --orthogonal Beard --out me.png
            """)

    @OptionGroup var trained: ModelOptions
    @OptionGroup var destination: PictureOutput
    @Option(help: "The image file, with attributes or classes.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to take images from (default: valid, or test where there is none).") var split: String?
    @Option(help: "Attributes, with a comma between them: each has a block of rows.") var name: String
    @Option(help: "The greatest strength, in lengths of the vector.") var strength: Float = 3
    @Option(help: "Strengths in a row.") var columns = 7
    @Option(help: "How many images, from the split's first.") var rows = 6
    @Option(help: "A picture of your own in place of the split's images; say it again for more.", completion: .file())
    var image: [String] = []
    @Option(help: "Attributes, with a comma between them, along whose vectors nothing is to change.")
    var orthogonal: String?
    @Flag(help: "Below each row, the same with pixels in place of codes.") var pixels = false
    @Flag(help: "Print as JSON what the vectors do to held-out images.") var json = false

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("--name is empty: name an attribute") }
        guard !json || destination.out != "-" else {
            throw ValidationError("--json and --out - both take the standard output: name a file for the picture")
        }
        guard strength > 0, strength <= 100 else {
            throw ValidationError("--strength is above 0 and at most 100, not \(strength)")
        }
        guard (2...64).contains(columns) else { throw ValidationError("--columns is from 2 to 64, not \(columns)") }
        guard (1...256).contains(rows) else { throw ValidationError("--rows is from 1 to 256, not \(rows)") }
        guard rows * columns * names.count <= 4096 else {
            throw ValidationError(
                "\(names.count) names of \(rows) rows of \(columns) strengths are more than 4096 images: ask for fewer")
        }
    }

    private var names: [String] { Self.words(name) }

    private static func words(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.filter { !$0.isEmpty }.map(String.init)
    }

    /// From −strength to +strength.
    private var strengths: [Float] {
        (0..<columns).map { strength * Float(2 * $0 - columns + 1) / Float(columns - 1) }
    }

    func run() throws {
        var report: AttributeReport?
        try destination.write(besides: trained.inputs + [data] + image, saysPath: !json) {
            let model = try trained.model()
            try check(model)
            let images = try AnnotatedImages(data, reading, judging: split, for: model.program)
            let known = try ImageAttributes(images)
            let chosen = try known.indices(of: names)
            let others = try known.indices(of: orthogonal.map(Self.words) ?? [])
            if let own = chosen.first(where: others.contains) {
                throw UsageProblem(
                    "--orthogonal names \(known.names[own]), along which --name moves: nothing would change; leave it out of one"
                )
            }
            let directions = try AttributeDirections(images, known, of: model, withPixels: pixels)
            let vectors = try chosen.map { try directions.ofCodes($0, orthogonalTo: others) }
            let table = try table(model, images, directions, Array(zip(chosen, vectors)))
            if json {
                report = try AttributeEffect(model, images, known).report(Array(zip(chosen, vectors)), strengths)
            }
            return table.image()
        }
        if let report { try output(jsonText(report)) }
    }

    private func check(_ model: ImageModel) throws {
        let description = model.program.configuration.model
        guard description.latents.areContinuous else {
            throw UsageProblem(
                "an attribute's vector is for latents that are continuous numbers, and this model's are of the family "
                    + "\(description.latents.name)")
        }
    }

    private func table(
        _ model: ImageModel, _ images: AnnotatedImages, _ directions: AttributeDirections, _ chosen: [(Int, [Float])]
    ) throws -> PictureTable {
        let originals = try originals(images)
        let shown = model.pictures(originals)
        let codes = try model.codes(originals)
        let blocks = try chosen.map { attribute, vector in
            let moved = model.pictures(try model.decode(model.moved(codes, along: vector, by: strengths)))
            var lines = (0..<shown.count).map { row in
                [[shown[row]] + moved[row * columns..<(row + 1) * columns]]
            }
            if pixels {
                let own = try pictures(model, originals, along: directions.ofPixels(attribute))
                for row in lines.indices { lines[row].append([shown[row]] + own[row * columns..<(row + 1) * columns]) }
            }
            return PictureTable.Block(title: directions.attributes.names[attribute], rows: lines.flatMap(\.self))
        }
        return PictureTable(headings: ["image"] + strengths.map { decimal($0) }, blocks: blocks)
    }

    /// The same arithmetic with pixels.
    private func pictures(_ model: ImageModel, _ originals: [UInt8], along vector: [Float]) throws -> [Image] {
        let count = vector.count
        var moved: [Float] = []
        for row in 0..<originals.count / count {
            let image = originals[row * count..<(row + 1) * count].map { Float($0) / 255 }
            for strength in strengths { moved += zip(image, vector).map { $0 + strength * $1 } }
        }
        return model.pictures(moved)
    }

    private func originals(_ images: AnnotatedImages) throws -> [UInt8] {
        guard image.isEmpty else {
            let fitting = try PictureFitting(like: images.dataset)
            return try image.flatMap { try fitting.pixels(of: $0) }
        }
        return try images.dataset.pixels(rows: Array(images.judged.rows.prefix(rows)))
    }

    private func decimal(_ value: Float) -> String {
        let text = tributary.decimal(Double(value))
        let short = text.hasSuffix(".00") ? String(text.dropLast(3)) : text
        return value > 0 ? "+" + short : short
    }
}

extension ImageModel {
    /// Codes that move along a vector of latents: row after row each code with every strength.
    func moved(_ codes: [Float], along vector: [Float], by strengths: [Float]) -> [Float] {
        // A label behind the latents stays.
        let step = vector + Array(repeating: 0, count: codeCount - vector.count)
        var moved: [Float] = []
        for start in stride(from: 0, to: codes.count, by: codeCount) {
            for strength in strengths {
                moved += zip(codes[start..<start + codeCount], step).map { $0 + strength * $1 }
            }
        }
        return moved
    }
}

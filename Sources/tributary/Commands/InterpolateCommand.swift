import ArgumentParser
import ConfigurationFiles
import Contract
import Fitting
import Ingest
import Pictures
import Training
import Tributary
import VAE

/// `tributary interpolate`: what lies between images.
struct Interpolate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Walks in latent space from one image to another.",
        discussion: """
            Each row goes from one held-out image to another; the latent moves between the means of their posteriors. --examples and \
            --images name the images, and a row goes from each of them to the next.

            Examples:
              tributary interpolate --checkpoint runs/faces --data faces.h5 --rows 6 \\
                --out walk.png
              tributary interpolate --checkpoint runs/faces --data faces.h5 \\
                --examples 3,17,29 --path spherical --out walk.png
              tributary interpolate --checkpoint runs/faces --images me.jpg,you.jpg \\
                --out walk.apng
            """)

    @OptionGroup var trained: ModelOptions
    @OptionGroup var destination: WalkOutput
    @Option(help: "The image file; with --images it only says how pictures are cropped.", completion: .file())
    var data: String?
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to take images from (default: valid, or test where there is none).") var split: String?
    @Option(help: "The way between two latents: straight (linear), or along a great circle (spherical).")
    var path = LatentPath.linear
    @Option(help: "How many pairs of images, from the split's first (default: 6).") var rows: Int?
    @Option(help: "Numbers of images of the split, from 0, with a comma between them.") var examples: String?
    @Option(help: "Pictures of your own, with a comma between their files.", completion: .file()) var images: String?
    @Option(help: "Images in a row, both ends included.") var columns = 10

    func validate() throws {
        guard [rows == nil, examples == nil, images == nil].count(where: { !$0 }) <= 1 else {
            throw ValidationError("--rows, --examples and --images all say which images: keep one")
        }
        guard data != nil || images != nil else {
            throw ValidationError("name --data for images of a file, or --images for pictures of your own")
        }
        guard (1...256).contains(rows ?? 1) else {
            throw ValidationError("--rows is from 1 to 256, not \(rows ?? 1)")
        }
        guard (2...256).contains(columns) else { throw ValidationError("--columns is from 2 to 256, not \(columns)") }
        if let examples { _ = try numbers(examples) }
        guard (rows ?? 6) * columns <= 4096 else {
            throw ValidationError("\(rows ?? 6) rows of \(columns) are more than 4096 images: ask for fewer")
        }
        guard (2...257).contains(files?.count ?? 2) else {
            throw ValidationError("--images is two pictures or more, with a comma between them, such as me.jpg,you.jpg")
        }
    }

    private var files: [String]? { images?.split(separator: ",").map(String.init) }

    private func numbers(_ list: String) throws -> [Int] {
        let words = list.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = words.compactMap { Int($0) }.filter { $0 >= 0 }
        guard numbers.count == words.count, (2...257).contains(numbers.count) else {
            throw ValidationError(
                "--examples is two or more whole numbers from 0, with a comma between them, such as 3,17,29")
        }
        return numbers
    }

    func run() throws {
        try destination.write(
            besides: trained.inputs + (data.map { [$0] } ?? []) + (files ?? []), columns: columns
        ) { try pictures(trained.model()) }
    }

    /// Row after row.
    private func pictures(_ model: ImageModel) throws -> [Image] {
        let (pixels, pairs) = try ends(model)
        let codes = try model.codes(pixels)
        let width = model.codeCount
        let latents = model.program.configuration.model.latents.count
        let steps = pairs.flatMap { from, to in
            (0..<columns).flatMap { column -> [Float] in
                let share = Float(column) / Float(columns - 1)
                let (a, b) = (codes[from * width..<(from + 1) * width], codes[to * width..<(to + 1) * width])
                // A label is no place on a sphere.
                return path.point(from: a.prefix(latents), to: b.prefix(latents), at: share)
                    + LatentPath.linear.point(from: a.dropFirst(latents), to: b.dropFirst(latents), at: share)
            }
        }
        return model.pictures(try model.decode(steps))
    }

    /// The images at the ends of rows, and from which to which of them each row goes.
    private func ends(_ model: ImageModel) throws -> (pixels: [UInt8], pairs: [(Int, Int)]) {
        if let files { return (try own(files, model), Self.chain(files.count)) }
        guard let data else { preconditionFailure("one of --data and --images was asked for") }
        let source = try DatasetSource(data, reading.added(to: model.program.configuration.data), judging: split)
        try model.program.check(source)
        let part: Training.Split = source.count(.valid) > 0 ? .valid : .train
        guard let examples else {
            let pairs = min(rows ?? 6, source.count(part) / 2)
            guard pairs > 0 else {
                throw UsageProblem(
                    "the split has \(source.count(part)) image, and a row goes from one to another; name another with --split"
                )
            }
            return (try source.pixels(of: Array(0..<2 * pairs), in: part), (0..<pairs).map { (2 * $0, 2 * $0 + 1) })
        }
        let chosen = try numbers(examples)
        if let beyond = chosen.first(where: { $0 >= source.count(part) }) {
            throw UsageProblem(
                "--examples has \(beyond), and the split has images from 0 to \(source.count(part) - 1): choose another, or name a split "
                    + "with --split")
        }
        return (try source.pixels(of: chosen, in: part), Self.chain(chosen.count))
    }

    private static func chain(_ count: Int) -> [(Int, Int)] { (0..<count - 1).map { ($0, $0 + 1) } }

    private func own(_ files: [String], _ model: ImageModel) throws -> [UInt8] {
        let images = model.program.configuration.model.images
        let shape = ImageShape(channels: images.channels, height: images.height, width: images.width)
        let fitting =
            try data.map { try PictureFitting(like: AnnotatedImages($0, reading, for: model.program).dataset) }
            ?? PictureFitting(shape)
        return try files.flatMap { try fitting.pixels(of: $0) }
    }
}

extension LatentPath: ExpressibleByArgument {}

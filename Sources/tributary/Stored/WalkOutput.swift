import ArgumentParser
import Pictures

/// `--out` of a command that writes pictures in rows, or one after the other.
struct WalkOutput: ParsableArguments {
    @Option(
        help:
            "The PNG file to write, or - for the standard output. A name that ends in .apng is an animation, which browsers play.",
        completion: .file(extensions: ["png", "apng"]))
    var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var file: PictureFile { PictureFile(path: out, replaces: force, format: .walk) }
    private var isAnimation: Bool { out.lowercased().hasSuffix(".apng") }

    /// How long an animation shows a picture.
    private static let milliseconds = 100
    /// Pictures that are smaller are magnified in an animation, which stands alone.
    private static let leastSide = 192

    func validate() throws { try file.validate() }

    /// Makes the pictures and writes them; where they may not be written they are not made.
    ///
    /// - Parameters:
    ///   - inputs: Files and folders that the command reads.
    ///   - columns: Pictures in a row.
    func write(besides inputs: [String], columns: Int, _ pictures: () throws -> [Image]) throws {
        guard isAnimation else {
            return try file.write(besides: inputs) { Grid.image(try pictures(), columns: columns) }
        }
        try file.write(
            besides: inputs,
            bytes: {
                let frames = try pictures().map { $0.magnified(by: (Self.leastSide + $0.width - 1) / $0.width) }
                return try AnimatedPNG.encode(frames, milliseconds: Self.milliseconds)
            })
    }
}

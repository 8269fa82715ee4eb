import ArgumentParser
import Files
import Pictures

/// `--out` of a command that writes many pictures in one, or each by itself into a folder.
struct PicturesOutput: ParsableArguments {
    @Option(
        help:
            "The PNG file to write, - for the standard output, or a folder for a PNG file each: a name that ends in / or has no ending.",
        completion: .file(extensions: ["png"]))
    var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var file: PictureFile { PictureFile(path: out, replaces: force) }
    private var folder: FolderOutput { FolderOutput(path: out) }
    private var isFolder: Bool { out != "-" && !OutputRule.parts(of: out).name.contains(".") }

    func validate() throws { try isFolder ? folder.validate() : file.validate() }

    /// Makes the pictures and writes them; where they may not be written they are not made.
    ///
    /// - Parameters:
    ///   - inputs: Files and folders that the command reads.
    ///   - columns: Pictures in a row, in one file.
    func write(besides inputs: [String], columns: Int, _ pictures: () throws -> [Image]) throws {
        guard isFolder else { return try file.write(besides: inputs) { Grid.image(try pictures(), columns: columns) } }
        let folder = try folder.begin()
        for (index, picture) in try pictures().enumerated() {
            try folder.write(PNG.encode(picture), to: Self.name(index + 1))
        }
        try folder.finish()
        try output(out)
    }

    /// Six digits, so that names in order are pictures in order: `000001.png`.
    private static func name(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 6 - digits.count) + digits + ".png"
    }
}

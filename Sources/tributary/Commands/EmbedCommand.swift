import ArgumentParser
import ConfigurationFiles
import Files
import Ingest
import Training

/// `tributary embed`: what the encoder says of a file's images, for other programs.
struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the codes of a file's images: the posterior's mean and log variance.",
        discussion: """
            Each image has its split, its row in the file, its labels or attributes, and what the encoder says of it: `mean`, and \
            `log_variance` where the latents are normal. The name says how they are stored: .h5, .npz for NumPy, or .csv.

            Examples:
              tributary embed --checkpoint runs/faces --data faces.h5 --out codes.npz
              tributary embed --checkpoint runs/faces --data faces.h5 --split test \\
                --out codes.csv
            """)

    @OptionGroup var trained: ModelOptions
    @Option(help: "The image file.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to encode (default: all).") var split: String?
    @OptionGroup var destination: CodesOutput

    func run() throws {
        let file = try destination.begin(besides: trained.inputs + [data])
        let model = try trained.model()
        let images = try AnnotatedImages(data, reading, for: model.program)
        let splits = try splits(of: images.dataset)
        let rows = splits.flatMap(\.rows)
        let writer = try file.writer(table(images, splits, model))
        try images.eachPiece(of: rows, "encoding") { try writer.append(model.encode($1)) }
        try writer.finish()
        try tributary.output(destination.out)
    }

    /// The one that is named; or all, without those that are made of the images of others.
    private func splits(of dataset: ImageDataset) throws -> [ImageSplit] {
        if let split { return [try dataset.split(split)] }
        var known: Set<Int> = []
        return dataset.splits.filter { split in
            let isNew = split.rows.contains { !known.contains($0) }
            known.formUnion(split.rows)
            return isNew
        }
    }

    private func table(_ images: AnnotatedImages, _ splits: [ImageSplit], _ model: ImageModel) -> CodeTable {
        let rows = splits.flatMap(\.rows)
        return CodeTable(
            columns: model.encoding.map {
                CodeTable.Column($0.name == "label" ? "most_probable_label" : $0.name, width: $0.width)
            },
            splits: splits.flatMap { split in split.rows.map { _ in split.name } }, rows: rows,
            targetNames: images.targetNames, targets: images.targets(of: rows),
            classNames: images.dataset.targets?.classNames ?? [])
    }
}

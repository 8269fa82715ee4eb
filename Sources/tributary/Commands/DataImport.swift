import ArgumentParser
import Contract
import Files
import Foundation
import Ingest

/// `tributary data import`: whatever people have images in becomes a file that training reads.
struct DataImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Brings images into an HDF5 file that training reads.",
        discussion: """
            The source is a file, a folder, or a zip or tar archive, and is recognised by what it holds: CelebA; MNIST and the sets in its form (IDX files, \
            tables of numbers, mnist.pkl.gz); CIFAR-10 and CIFAR-100; arrays of NumPy (.npy, .npz); tensors of PyTorch (.pt); MATLAB files; LMDB databases; \
            TFRecord files; pictures (JPEG, PNG, WebP), flat, with a \
            folder for each class, or below train, val and test. Where it may be two things, both are named, and --as decides. docs/data.md has every rule.

            Examples:
              tributary data import ~/photos --size 64 --out photos.h5
              tributary data import faces.zip --split 0.1 --out faces.h5
              tributary data import mnist.npz --out mnist.h5
              tributary data import x.npy --layout flat:8x8 --range 0 16 --out x.h5
              tributary data import ~/celeba --as celeba --crop face-128 --out celeba.h5

            Crops of CelebA's 178 × 218 pixels:
            \(CelebACrop.all.map { "  \($0.name.padding(toLength: 12, withPad: " ", startingAt: 0)) \($0.origin)" }.joined(separator: "\n"))
            """)

    @Argument(help: "The file, folder or archive; a kind may stand before it, as with --as.", completion: .file())
    var source: [String]
    @OptionGroup var destination: DatasetOutput
    @Option(name: .customLong("as"), help: "What the source is: \(ImageImport.kinds.joined(separator: ", ")).")
    var kind: String?
    @Option(
        help:
            "The size of the images written, 64 or 64x48 (width first). Default: the source's own, or 64 where it has several."
    )
    var size: String?
    @Option(
        help:
            "Which part of each picture is kept: none, the middle such as 148 or 148x178, or a crop of CelebA by name.")
    var crop: String?
    @Option(help: "How a picture gets another aspect: fit (black bars), cover (edges cut) or stretch.")
    var resize = ResizeRule.cover
    @Flag(help: "Make all images grey, or all RGB. Default: grey where all are.") var color: ColorRule?
    @Option(help: "Where labels are: a .csv, .jsonl or .json file, or the name of an array.", completion: .file())
    var labels: String?
    @Option(
        help:
            "The order of the axes of arrays: NCHW, NHWC, NHW, HWN and so on, or flat:28x28, flat:64x64x3 and flat:3x64x64 for rows of numbers."
    )
    var layout: AxisLayout?
    /// `Arguments` makes two options of one with two values.
    @Option(
        help: ArgumentHelp("The numbers of arrays that are black and white, such as -1 1.", valueName: "low> <high"))
    var range: [Double] = []
    @Option(help: "The share of the images that is held out, of a source without splits, such as 0.1.") var split:
        Double?
    @Option(help: "The seed of that choice.") var seed: UInt64 = 0
    @Option(help: "Leave out pictures that cannot be read, if they are no more than this.") var skipUnreadable = 0
    @Flag(help: "Print what was imported as JSON.") var json = false

    func validate() throws {
        _ = try words()
        if let size, PictureSize(size) == nil {
            throw ValidationError("--size is a number from 1 to 1024, or two of them such as 64x48, not \(size)")
        }
        if let crop, PictureCrop(crop) == nil {
            let names = CelebACrop.all.map(\.name).joined(separator: ", ")
            throw ValidationError(
                "there is no crop called \(crop): choose none, a size such as 148x178, or one of \(names)")
        }
        try DataOptions.check(range: range)
        if let split, !(split > 0 && split < 1) {
            throw ValidationError("--split is a share between 0 and 1, such as 0.1, not \(split)")
        }
        guard (0...1_000_000_000).contains(skipUnreadable) else {
            throw ValidationError("--skip-unreadable is from 0 to 1000000000, not \(skipUnreadable)")
        }
    }

    /// The source and what it is said to be: `SOURCE`, or a kind and the source.
    private func words() throws -> (source: String, kind: String?) {
        guard source.count <= 2, let path = source.last, !path.isEmpty else {
            throw ValidationError("data import takes one source, got \(source.count): name one file, folder or archive")
        }
        let first = source.count == 2 ? source[0] : nil
        for word in [first, kind].compactMap(\.self) where !ImageImport.kinds.contains(word) {
            let known = ImageImport.kinds.joined(separator: ", ")
            let suggestion = nearest(to: word, in: ImageImport.kinds).map { "did you mean \($0)?" }
            throw ValidationError("there is no kind of source called \(word); \(suggestion ?? "there are \(known)")")
        }
        if let first, let kind, first != kind {
            throw ValidationError("the source cannot be \(first) and --as \(kind)")
        }
        return (path, kind ?? first)
    }

    private var options: ImportOptions {
        var options = ImportOptions()
        options.size = size.flatMap { PictureSize($0) }
        options.crop = crop.flatMap { PictureCrop($0) }
        options.resize = resize
        options.color = color
        options.labels = labels
        options.layout = layout
        options.range = range.isEmpty ? nil : range[0]...range[1]
        options.heldOutShare = split
        options.seed = seed
        options.skipUnreadable = skipUnreadable
        return options
    }

    func run() throws {
        let (path, kind) = try words()
        let folder = (destination.out as NSString).deletingLastPathComponent
        let clock = ImportClock()
        let found = try ImageImport(
            path, as: kind, options: options, scratch: folder.isEmpty ? "." : folder,
            requireSafeMatrices: ForeignFile.matrices.requireSafe, progress: clock.show)
        let file = try destination.begin(besides: found.paths + [labels].compactMap(\.self))
        Terminal.standardError.line(found.sentence)
        let report = try found.write(to: file)
        Terminal.standardError.status("")
        try output(json ? try jsonText(report) : report.description)
    }
}

extension ResizeRule: ExpressibleByArgument {}
extension ColorRule: EnumerableFlag {}

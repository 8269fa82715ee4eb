import ArgumentParser
import Files
import Ingest
import Pictures
import Tributary

extension DataCommand {
    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what an image file holds, as training would read it.",
            discussion: """
                Example:
                  tributary data inspect faces.h5 --sheet faces.png

                The sheet shows 64 images spread over the file: look at it before you train, since an image that lies on its side \
                trains as well as any other.
                """)

        @Argument(help: "The HDF5 file.", completion: .file()) var file: String
        @OptionGroup(title: "How the image file is read") var reading: DataOptions
        @Option(
            help: "A PNG file to write, with 64 images spread over the file.", completion: .file(extensions: ["png"]))
        var sheet: String?
        @Flag(help: "Replace the file that --sheet names.") var force = false
        @Flag(help: "Print JSON.") var json = false

        private var rule: OutputRule? {
            sheet.map { OutputRule(path: $0, format: .picture, replaces: force, option: "--sheet") }
        }

        func validate() throws { try rule?.validate() }

        func run() throws {
            let place = try rule?.place { [file] }
            let dataset = try DatasetSource.open(file, reading.added(to: nil))
            let summary = try DatasetSummary(of: dataset)
            if let place { try write(dataset.contactSheet(), to: place) }
            Terminal.standardError.status("")
            try output(json ? try jsonText(summary) : summary.description)
        }

        private func write(_ image: Image, to place: String) throws {
            UnfinishedFiles.removeWhenInterrupted()
            let file = try UnfinishedFile(place, replacing: force)
            try file.write(PNG.encode(image))
            try file.finish()
        }
    }

    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes an image file again in the layout that trains without questions.",
            discussion: """
                Bytes from 0 to 255 in one piece, with the names of the axes, the splits and the labels. The images that are trained on \
                and their order stay, so runs with either file are the same.

                Example:
                  tributary data convert stl10.h5 --layout NCWH --out faces.h5
                """)

        @Argument(help: "The HDF5 file to read.", completion: .file()) var file: String
        @OptionGroup(title: "How the image file is read") var reading: DataOptions
        @OptionGroup var destination: DatasetOutput
        @Flag(help: "Print what was written as JSON.") var json = false

        func run() throws {
            let unfinished = try destination.begin(besides: [file])
            let dataset = try DatasetSource.open(file, reading.added(to: nil), beside: destination.out)
            let report = try DatasetConversion(dataset).write(to: unfinished, progress: ImportClock().show)
            Terminal.standardError.status("")
            try output(json ? try jsonText(report) : report.description)
        }
    }
}

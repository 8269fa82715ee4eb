import Files
import Foundation
import Ingest
import SourceSamples

/// What an import made of some files.
struct Imported {
    let report: ImportReport
    let dataset: ImageDataset
    let targets: [Int]

    /// The first byte of each image.
    let firsts: [UInt8]
}

extension Imported {
    /// Imports `name` below a folder of files.
    init(
        _ files: [String: [UInt8]], _ name: String = "", as kind: String? = nil,
        _ change: (inout ImportOptions) -> Void = { _ in }
    ) throws {
        self = try withTemporaryFolder { folder in
            try Made.write(files, below: "\(folder)/source")
            var options = ImportOptions()
            change(&options)
            let found = try ImageImport("\(folder)/source/\(name)", as: kind, options: options, scratch: folder)
            let report = try found.write(to: UnfinishedFile("\(folder)/out.h5"))
            let dataset = try ImageDataset("\(folder)/out.h5")
            let pixels = try dataset.pixels(rows: 0..<dataset.count)
            let size = dataset.shape.count
            return Imported(
                report: report, dataset: dataset, targets: try dataset.targetValues().map { Int($0) },
                firsts: stride(from: 0, to: pixels.count, by: size).map { pixels[$0] })
        }
    }

    var splits: [String] { report.splits.map { "\($0.name) \($0.count)" } }
}

/// The sentence that an import of some files ends in; nil where it ends well. Nothing may be left then.
func sentence(
    _ files: [String: [UInt8]], _ name: String = "", as kind: String? = nil,
    _ change: (inout ImportOptions) -> Void = { _ in }
) throws -> String? {
    try withTemporaryFolder { folder in
        try Made.write(files, below: "\(folder)/source")
        var options = ImportOptions()
        change(&options)
        do {
            let found = try ImageImport("\(folder)/source/\(name)", as: kind, options: options, scratch: folder)
            _ = try found.write(to: UnfinishedFile("\(folder)/out.h5"))
            return nil
        } catch {
            guard try names(in: folder) == ["source"] else { return "\(error), and \(try names(in: folder)) is left" }
            return "\(error)"
        }
    }
}

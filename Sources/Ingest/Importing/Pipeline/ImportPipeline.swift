import Archives
import Files
import Parallel
import Pictures

/// Reads examples in order, decodes and shapes them on all cores, and writes them where they belong.
///
/// Memory holds a batch of them, however many there are.
struct ImportPipeline {
    private let plan: ImportPlan
    private let files: SourceFiles
    private let takenFor: String
    private let shaper: ImageShaper
    private let notes: [String]

    /// Decides the shape of the images written.
    init(_ plan: ImportPlan, _ files: SourceFiles, takenFor: String) throws {
        self.plan = plan
        self.files = files
        self.takenFor = takenFor
        (shaper, notes) = try ShapeRule.decide(plan, files)
    }

    func run(to output: UnfinishedFile) throws -> ImportReport {
        var unreadable = Unreadable(of: plan.count)
        if let report = try pass(output, &unreadable) { return report }
        guard unreadable.count <= files.options.skipUnreadable, unreadable.count < plan.count else { throw unreadable }
        // Only now it is known how many there are to write.
        guard let report = try pass(output, &unreadable) else { throw unreadable }
        return report
    }

    /// Writes all but those that are known to be unreadable; nil where more of them were found.
    private func pass(_ output: UnfinishedFile, _ unreadable: inout Unreadable) throws -> ImportReport? {
        let known = unreadable.count
        let left = plan.splits.indices.map { split in
            plan.assignment.indices.count { plan.assignment[$0] == UInt8(split) && !unreadable.contains($0) }
        }
        let contents = fuelPlan(counts: left, skipped: known)
        let writer = try FuelWriter(output, contents)
        let batches = try BatchReader(plan.content)
        // One thread for both: the library that writes HDF5 is also beneath the one that reads MATLAB's files, and may be in one place only.
        let disk = Background("disk")
        defer { disk.drain() }
        var tally = ConversionTally()
        var done = 0
        // While one batch is decoded, the next is read and the last is written.
        let skipped = unreadable
        var next = disk.start { try batches.next(leavingOut: skipped) }
        var writes = disk.start {}
        while let batch = try next.wait() {
            next = disk.start { try batches.next(leavingOut: skipped) }
            let shaped = shape(batch)
            tally.add(shaped)
            unreadable.add(shaped)
            try writes.wait()
            // A file with a hole is of no use, but all unreadable pictures are to be named at once.
            let isWhole = unreadable.count == known
            writes = disk.start { if isWhole { try append(shaped, to: writer) } }
            done += shaped.count
            files.progress(.written(done, of: plan.count - known))
        }
        try writes.wait()
        guard unreadable.count == known else { return nil }
        try writer.finish()
        let all = plan.notes + notes + tally.notes + unreadable.notes
        return ImportReport(output.path, contents, takenFor: takenFor, notes: all)
    }

    private func fuelPlan(counts: [Int], skipped: Int) -> FuelWriter.Plan {
        var provenance = plan.provenance
        if shaper.crop != .none { provenance["crop"] = shaper.crop.description }
        if skipped > 0 { provenance["skipped"] = "\(counted(skipped, "picture")) that could not be read" }
        return FuelWriter.Plan(
            shape: shaper.shape, splits: zip(plan.splits, counts).map { .init($0, count: $1) },
            targetNames: plan.targets.names, targetElement: plan.targets.fitBytes ? .byte : .int32,
            classes: plan.targets.classes, provenance: provenance)
    }

    private func shape(_ batch: [Example]) -> [ShapedExample] {
        concurrentMap(batch.indices) { [shaper] index in ShapedExample(batch[index], shaper) }
    }

    /// Each split's images behind those that it has.
    private func append(_ shaped: [ShapedExample], to writer: FuelWriter) throws {
        let columns = plan.targets.names.count
        for split in plan.splits.indices {
            let own = shaped.filter { plan.assignment[$0.index] == UInt8(split) }
            guard !own.isEmpty else { continue }
            var pixels: [UInt8] = []
            pixels.reserveCapacity(own.count * shaper.shape.count)
            for example in own { pixels += try example.result.get().pixels }
            let targets = own.flatMap { plan.targets.values[$0.index * columns..<($0.index + 1) * columns] }
            try writer.append(pixels: pixels, targets: targets, toSplit: split)
        }
    }
}

/// An image on its way.
struct Example: Sendable {
    /// Its place in the source.
    let index: Int
    let name: String
    let payload: Payload

    enum Payload: Sendable {
        case image(Image)
        case file([UInt8])
        case unreadable(any Error)
    }
}

/// An image as it is written, or why it is not.
struct ShapedExample: Sendable {
    let index: Int
    let result: Result<(pixels: [UInt8], traits: PictureTraits), any Error>

    init(_ example: Example, _ shaper: ImageShaper) {
        index = example.index
        result = Result {
            switch example.payload {
            case .image(let image): return (try shaper.pixels(of: image, named: example.name), [])
            case .file(let bytes):
                let picture = try Picture(bytes, name: example.name, rows: shaper.rows)
                return (try shaper.pixels(of: picture.image, named: example.name), picture.traits)
            case .unreadable(let error): throw error
            }
        }
    }
}

import Contract
import Files
import Foundation
import Training

/// Says to TensorBoard what the records of a run say: each row of `metrics.jsonl` and each picture becomes an event in
/// `tensorboard/` in the run directory.
///
/// It only reads the records, which remain the one truth. A run that goes on writes a new file; where its record begins again before the
/// end of the old ones, it says first that what they hold of those steps is void. What an earlier process was killed before it had written
/// is written then.
struct RecordFollower {
    private let paths: RunPaths
    private let files: any FileSystem
    private let plan: ShardPlan
    private let rowEvents: RowEvents
    private let hyperparameters: Hyperparameters
    private var record: GrowingFile
    private var file: EventFile?
    /// A file that could not be begun yet.
    private var unbegun: EventFile?
    private var pictures: Set<PictureKey> = []
    /// The last step that the record has a row of.
    private var lastStep = 0

    init(_ paths: RunPaths, _ configuration: RunConfiguration, plan: ShardPlan, files: any FileSystem) {
        self.paths = paths
        self.files = files
        self.plan = plan
        rowEvents = RowEvents(configuration, plan: plan)
        hyperparameters = Hyperparameters(configuration)
        record = GrowingFile(paths.metrics)
    }

    /// Writes what is new. After an error the next call tries again.
    mutating func follow() throws {
        let news = try record.news()
        let rows = news.lines.compactMap { MetricsRow(line: $0) }
        if file == nil || news.isReplaced {
            try begin(rows, isReplaced: file != nil)
        } else if !rows.isEmpty {
            let events = rows.map(rowEvents.event)
            try file?.append(events)
        }
        record.take(news)
        lastStep = rows.last?.step ?? lastStep
        try addPictures()
    }

    /// Says that all steps are done.
    mutating func finish() throws {
        let end = try hyperparameters.end()
        try file?.append([end])
    }

    /// Begins a file with the rows that the others lack.
    ///
    /// - Parameter isReplaced: Whether the record was replaced while it was followed: the run went back, and nothing that was said is
    ///   relied on.
    private mutating func begin(_ rows: [MetricsRow], isReplaced: Bool) throws {
        try files.createDirectory(paths.tensorboard)
        let written = try WrittenEvents(in: paths.tensorboard, files: files)
        var new = try unbegun ?? EventFile(in: paths.tensorboard, files: files)
        let events = rows.map(rowEvents.event)
        let missing = events.first { isReplaced || !written.contains($0) }
        let first = missing.map { Int($0.step) } ?? (rows.last.map { $0.step + 1 } ?? 0)
        let head = written.isEmpty ? try introduction() : [.beginning(at: first)]
        do {
            try new.append(head + events.filter { $0.step >= first })
        } catch {
            unbegun = new
            throw error
        }
        (file, unbegun) = (new, nil)
        pictures = written.pictures.filter { $0.step < first }
    }

    private func introduction() throws -> [Event] {
        let text = String(decoding: try files.read(paths.configuration), as: UTF8.self)
        return try hyperparameters.begin() + [.text("```yaml\n\(text)\n```", tag: "configuration")]
    }

    /// Writes how the latents are used, which no record holds: it is said while the run goes on or not at all.
    mutating func add(_ latents: LatentUse, step: Int) throws {
        let spreads = [("divergence", latents.divergence), ("variance_of_mean", latents.varianceOfMean)]
        let events = spreads.compactMap { name, numbers in
            numbers.allSatisfy(\.isFinite) && !numbers.isEmpty
                ? Event.histogram(numbers, tag: "latents/\(name)", step: step) : nil
        }
        try file?.append(events)
    }

    /// Those of states that the record has reached.
    private mutating func addPictures() throws {
        for name in try files.names(in: paths.samples) {
            guard let key = PictureKey(file: name, plan: plan), key.step <= lastStep, !pictures.contains(key) else {
                continue
            }
            let bytes = try files.read("\(paths.samples)/\(name)")
            pictures.insert(key)
            // What somebody put there that is no picture is passed over.
            guard let event = try? Event.picture(bytes, tag: key.tag, step: key.step) else { continue }
            do {
                try file?.append([event])
            } catch {
                pictures.remove(key)
                throw error
            }
        }
    }
}

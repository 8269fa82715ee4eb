import Files
import SwiftProtobuf
import Training

/// What the files of events in a folder say already, so that nothing is said twice and nothing is left out.
struct WrittenEvents {
    /// A hash of what was said for each row.
    private var rows: [RowKey: Int] = [:]
    private(set) var pictures: Set<PictureKey> = []
    /// Whether no event is there.
    private(set) var isEmpty = true

    /// Reads the files in the order in which TensorBoard does; what is damaged or torn counts as absent.
    init(in folder: String, files: any FileSystem) throws(FileError) {
        for name in try files.names(in: folder) where EventFile.isOne(name) {
            for data in EventRecord.datas(in: try files.read("\(folder)/\(name)")) {
                if let event = try? Event(serializedBytes: Array(data)) { take(event) }
            }
        }
    }

    /// Whether the event of a row is there as it is. A row of the same step that comes again has another speed.
    func contains(_ event: Event) -> Bool {
        RowEvents.row(of: event).flatMap { rows[$0] } == event.summary.hashValue
    }

    private mutating func take(_ event: Event) {
        isEmpty = false
        if case .sessionLog = event.what {
            rows = rows.filter { $0.key.step < event.step }
            pictures = pictures.filter { $0.step < event.step }
        } else if let row = RowEvents.row(of: event) {
            rows[row] = event.summary.hashValue
        } else if let picture = PictureKey(event) {
            pictures.insert(picture)
        }
    }
}

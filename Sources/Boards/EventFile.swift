import Files
import Foundation
import SwiftProtobuf
import WallTime

/// A file of events that grows. What could not be written whole is written over by what comes next.
struct EventFile {
    private let path: String
    private let files: any FileSystem
    private var length = 0
    private var isCreated = false

    /// A file of a folder that comes, in the order of names, in which TensorBoard reads, after those that are there.
    init(in folder: String, files: any FileSystem) throws(FileError) {
        let second = String(format: "%010d", Int(WallTime.now))
        let number = try files.names(in: folder).filter(Self.isOne).count
        // The number comes before the process, whose digits say nothing about the order.
        path = "\(folder)/events.out.tfevents.\(second).\(String(format: "%06d", number)).\(getpid())"
        self.files = files
    }

    /// Whether TensorBoard takes a file of that name for one of events.
    static func isOne(_ name: String) -> Bool { name.contains("tfevents") }

    /// Adds events, all or none. The first ones make the file, behind the event that says its version.
    mutating func append(_ events: [Event]) throws {
        if !isCreated {
            if FileStatus(path) == nil { try files.create(path, []) }
            isCreated = true
        }
        let events = (length == 0 ? [.version] : []) + events
        let bytes = try events.flatMap { EventRecord.bytes(of: try $0.serializedBytes()) }
        try files.write(bytes, to: path, at: length)
        length += bytes.count
    }
}

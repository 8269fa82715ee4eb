import Foundation
import Synchronization

/// Another process's lines, shown after a label as soon as each is whole.
final class LabelledLines: Sendable {
    private let label: String
    private let rest = Mutex(Foundation.Data())

    /// What is longer is shown in pieces: whoever sends it may never end a line.
    private static let longest = 65_536

    init(_ label: String) { self.label = label }

    func take(_ data: Foundation.Data) {
        rest.withLock { rest in
            rest += data
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                show(rest[..<end])
                rest = Foundation.Data(rest[(end + 1)...])
            }
            if rest.count > Self.longest { showRest(&rest) }
        }
    }

    /// Shows what has come of a last line.
    func end() { rest.withLock { if !$0.isEmpty { showRest(&$0) } } }

    private func showRest(_ rest: inout Foundation.Data) {
        show(rest)
        rest = Foundation.Data()
    }

    /// A terminal's lines end with a carriage return, too.
    private func show(_ line: Foundation.Data) {
        let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r" }
        var record = LogRecord(message: text.printableLine)
        record.source = label
        Terminal.standardError.show(record, isProgress: false)
    }
}

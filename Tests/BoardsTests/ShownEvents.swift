import Files
import SwiftProtobuf
import Testing
import Training

@testable import Boards

/// What TensorBoard shows of a folder: it reads the files in the order of their names, and what begins at a step takes back what was said
/// of that step and of later ones.
struct ShownEvents {
    /// The numbers of each tag, in the order in which they were said.
    private(set) var numbers: [String: [(step: Int, value: Float)]] = [:]
    private(set) var pictures: [PictureKey] = []
    private(set) var texts: [String: String] = [:]
    private(set) var hyperparameters: [String] = []

    init(_ run: RunPaths) throws {
        let files = PosixFileSystem()
        for name in try files.names(in: run.tensorboard) {
            let events = try EventRecord.datas(in: files.read("\(run.tensorboard)/\(name)")).map {
                try Event(serializedBytes: Array($0))
            }
            #expect(events.first?.fileVersion == "brain.Event:2")
            for event in events { take(event) }
        }
    }

    private mutating func take(_ event: Event) {
        if case .sessionLog = event.what {
            for tag in numbers.keys { numbers[tag]?.removeAll { $0.step >= event.step } }
            pictures.removeAll { $0.step >= event.step }
        }
        if let picture = PictureKey(event) { pictures.append(picture) }
        for value in event.summary.value {
            if case .simpleValue(let number) = value.value {
                numbers[value.tag, default: []].append((Int(event.step), number))
            }
            if let text = value.tensor.stringVal.first { texts[value.tag] = String(decoding: text, as: UTF8.self) }
            if value.metadata.pluginData.pluginName == "hparams" { hyperparameters.append(value.tag) }
        }
    }

    /// Whether the numbers are those of the rows, each once and in their order.
    func show(_ rows: [MetricsRow]) -> Bool {
        Split.allCases.allSatisfy { split in
            let rows = rows.filter { $0.split == split }
            let names = Set(rows.flatMap { $0.numbers.map(\.name) })
            return names.allSatisfy { name in
                let wanted = rows.compactMap { row in
                    row.numbers.first { $0.name == name && $0.value.isFinite }.map { (row.step, Float($0.value)) }
                }
                return numbers["\(split.rawValue)/\(name)", default: []].elementsEqual(wanted) { $0 == $1 }
            }
        }
    }
}

import Contract
import SwiftProtobuf
import Training
import WallTime

/// What TensorBoard's page of hyperparameters shows of a run: the numbers and words of its configuration, and how well it did.
///
/// The layers of networks have no place in a table; the configuration's text has them.
struct Hyperparameters {
    private let values: [(name: String, value: PlainValue, type: HyperparameterData.HyperparameterInfo.DataType)]

    init(_ configuration: RunConfiguration) {
        values = configuration.node.leaves.compactMap { path, node in
            guard !path.contains("["), let (value, type) = Self.plain(node) else { return nil }
            return (path, value, type)
        }
    }

    private static func plain(
        _ node: ConfigurationNode
    ) -> (PlainValue, HyperparameterData.HyperparameterInfo.DataType)? {
        switch node {
        case .boolean(let value): (.with { $0.boolValue = value }, .boolean)
        case .integer(let value): (.with { $0.numberValue = Double(value) }, .number)
        case .number(let value): (.with { $0.numberValue = value }, .number)
        case .string(let value): (.with { $0.stringValue = value }, .string)
        case .null, .array, .dictionary: nil
        }
    }

    /// Says which there are, which numbers a run is judged by, and what they are in this run.
    func begin() throws -> [Event] {
        let experiment = HyperparameterData.Experiment.with {
            $0.hparamInfos = values.map { entry in
                .with {
                    $0.name = entry.name
                    $0.type = entry.type
                }
            }
            $0.metricInfos = Self.metrics.map { tag in .with { $0.name.tag = tag } }
        }
        let start = HyperparameterData.SessionStart.with {
            $0.hparams = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })
            $0.startTimeSecs = WallTime.now
        }
        return try [
            .hyperparameters(.with { $0.experiment = experiment }, tag: "_hparams_/experiment"),
            .hyperparameters(.with { $0.sessionStartInfo = start }, tag: "_hparams_/session_start_info"),
        ]
    }

    /// Says that the run is done.
    func end() throws -> Event {
        let end = HyperparameterData.SessionEnd.with {
            $0.status = .success
            $0.endTimeSecs = WallTime.now
        }
        return try .hyperparameters(.with { $0.sessionEndInfo = end }, tag: "_hparams_/session_end_info")
    }

    private static let metrics = [
        "valid/negative_elbo", "valid/reconstruction", "valid/divergence", "train/negative_elbo",
    ]
}

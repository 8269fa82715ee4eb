import Foundation
import SwiftProtobuf
import Tensors

/// An ONNX graph as it is written, node by node.
///
/// Nodes take the name of the place that was begun last, which is that of a module of `model.py`, and weights keep their names there. The
/// batch axis is called `batch` and has no size.
struct ONNXGraph {
    /// The name of a tensor.
    typealias Value = String

    private var graph = Onnx_GraphProto()
    private let weights: WeightSource
    /// Where nodes are written now.
    private(set) var place = ""
    private var names: Set<String> = []

    /// - Parameter weights: The model's tensors.
    init(_ name: String, weights: WeightSource) {
        self.weights = weights
        graph.name = name
    }

    /// Goes on with the nodes of a module.
    mutating func begin(_ place: String) { self.place = place }

    /// An input (batch, shape).
    mutating func input(_ name: String, _ shape: Shape) -> Value {
        names.insert(name)
        graph.input.append(.floats(name, shape))
        return name
    }

    /// Adds a node of one result. An input that is not given has an empty name.
    mutating func add(_ type: String, _ inputs: [Value], _ attributes: [ONNXAttribute] = []) -> Value {
        let name = freeName(place)
        graph.node.append(
            .with {
                $0.name = name
                $0.opType = type
                $0.input = inputs
                $0.output = [name]
                $0.attribute = attributes.map(\.message)
            })
        return name
    }

    /// Makes a value an output (batch, shape) of that name.
    mutating func output(_ value: Value, as name: String, _ shape: Shape) {
        begin(name)
        let named = add("Identity", [value])
        precondition(named == name, "two values are called \(name)")
        graph.output.append(.floats(name, shape))
    }

    /// A tensor of the model, by Tributary's name.
    mutating func tensor(_ path: String) -> Value {
        let (entry, values) = weights[path]
        return initializer(entry.name, entry.shape.dimensions, values)
    }

    /// A tensor of the model in another shape.
    mutating func tensor(_ path: String, reshapedTo shape: [Int]) -> Value {
        let (entry, values) = weights[path]
        return initializer("\(entry.name).reshaped", shape, values)
    }

    /// Numbers that no training changes.
    mutating func constant(_ values: [Float], _ shape: [Int]) -> Value {
        initializer(freeName("\(place).constant"), shape, values)
    }

    mutating func constant(_ value: Float) -> Value { constant([value], []) }

    /// Whole numbers that say how, such as extents.
    mutating func integers(_ values: [Int]) -> Value {
        let name = freeName("\(place).constant")
        graph.initializer.append(
            .with {
                $0.name = name
                $0.dims = [Int64(values.count)]
                $0.dataType = Int32(Onnx_TensorProto.DataType.int64.rawValue)
                $0.rawData = Data(values.map(Int64.init).littleEndianBytes)
            })
        return name
    }

    private mutating func initializer(_ name: String, _ shape: [Int], _ values: [Float]) -> Value {
        guard !graph.initializer.contains(where: { $0.name == name }) else { return name }
        names.insert(name)
        graph.initializer.append(
            .with {
                $0.name = name
                $0.dims = shape.map(Int64.init)
                $0.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
                $0.rawData = Data(values.map(\.bitPattern).littleEndianBytes)
            })
        return name
    }

    /// The name, or with the first number behind it that makes it free.
    private mutating func freeName(_ name: String) -> String {
        var (candidate, number) = (name, 1)
        while !names.insert(candidate).inserted {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }

    /// The model of the graph: opset 17, IR version 8.
    func model(metadata: [(key: String, value: String)]) -> Onnx_ModelProto {
        .with {
            $0.irVersion = 8
            $0.producerName = "tributary"
            $0.opsetImport = [.with { $0.version = 17 }]
            $0.graph = graph
            $0.metadataProps = metadata.map { entry in
                .with {
                    $0.key = entry.key
                    $0.value = entry.value
                }
            }
        }
    }
}

/// A model's tensors with their values, by Tributary's names.
struct WeightSource {
    let dictionary: StateDictionary
    let values: @Sendable (StateDictionary.Entry) -> [Float]

    subscript(path: String) -> (entry: StateDictionary.Entry, values: [Float]) {
        guard let entry = dictionary[path] else { preconditionFailure("the model has no tensor \(path)") }
        return (entry, values(entry))
    }
}

extension Onnx_ValueInfoProto {
    /// Floats (batch, shape).
    fileprivate static func floats(_ name: String, _ shape: Shape) -> Onnx_ValueInfoProto {
        .with {
            $0.name = name
            $0.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
            $0.type.tensorType.shape.dim =
                [.with { $0.dimParam = "batch" }]
                + shape.dimensions.map { extent in .with { $0.dimValue = Int64(extent) } }
        }
    }
}

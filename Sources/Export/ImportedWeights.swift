import Tensors
import Training
import VAE

/// The weights of a model as somebody else's file has them.
public struct ImportedWeights: Sendable {
    /// Laid out by the model's table.
    public let parameters: [Float]
    /// Likewise; running values that belong to no layer, which the file may lack, are as before training.
    public let statistics: [Float]

    /// - Parameters:
    ///   - file: Its name, for errors.
    ///   - names: What the tensors are called there.
    /// - Throws: `ImportError` where a tensor is missing, has another shape, or is no number, and where the file holds one that the model has
    ///   no place for.
    public init(
        _ tensors: SafeTensors, file: String, for model: VariationalAutoencoder, names: WeightNames
    ) throws(ImportError) {
        let dictionary = StateDictionary(model)
        let source = Self.withoutWrapper(tensors.tensors)
        var unused = Set(source.keys).subtracting(dictionary.counters.map(names.theirName))
        var (parameters, statistics) = ([Float](), model.initialStatistics())
        for entry in dictionary.entries {
            let name = names.theirName(of: entry.name)
            let isOptional = !entry.isParameter && !entry.name.contains(".")
            if isOptional, source[name] == nil { continue }
            let values = try Self.values(source[name], name, entry, file)
            unused.remove(name)
            if entry.isParameter {
                parameters += values
            } else {
                statistics.replaceSubrange(model.statistics[entry.path]!.range, with: values)
            }
        }
        guard unused.isEmpty else {
            throw ImportError(
                description:
                    "\(file) holds \(Self.list(unused.sorted())), for which the model has no place: is it the model of "
                    + "--preset or --config?")
        }
        (self.parameters, self.statistics) = (parameters, statistics)
    }

    private static func values(
        _ tensor: SafeTensors.Tensor?, _ name: String, _ entry: StateDictionary.Entry, _ file: String
    ) throws(ImportError) -> [Float] {
        guard let tensor, case .float32(let values) = tensor.elements else {
            let isOurs = name == entry.name
            throw ImportError(
                description:
                    "\(file) has no tensor \(name)\(isOurs ? "" : " (\(entry.name) here)"): name another configuration, or say "
                    + "with --names what it is called there")
        }
        guard tensor.shape == entry.shape.dimensions else {
            throw ImportError(
                description:
                    "\(file) holds \(name) of \(tensor.shape), and the model takes \(entry.shape.dimensions): name another "
                    + "configuration")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw ImportError(description: "\(file) holds \(name) with values that are no numbers: take other weights")
        }
        return values
    }

    /// The tensors of a module that was wrapped to be trained by several processes, without the wrapper's name.
    private static func withoutWrapper(_ tensors: [String: SafeTensors.Tensor]) -> [String: SafeTensors.Tensor] {
        let wrapper = "module."
        guard tensors.keys.allSatisfy({ $0.hasPrefix(wrapper) }) else { return tensors }
        return Dictionary(uniqueKeysWithValues: tensors.map { (String($0.key.dropFirst(wrapper.count)), $0.value) })
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }
}

/// Why weights do not fit a model.
public struct ImportError: Error, Hashable, CustomStringConvertible {
    public let description: String
}

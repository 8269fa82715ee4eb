import Tensors
import Training
import VAE

/// A model's tensors by the names that PyTorch gives them in a module built as `model.py` builds it: the dotted path of the module, then
/// `weight`, `bias`, `running_mean`, `running_var`.
///
/// Layers count as they do in `nn.Sequential`: `encoder/3/batch_normalization/scale` is `encoder.3.weight`. What belongs to no layer is an
/// attribute of the model, its path joined by underscores: `encoder/mean/weight` is `encoder_mean.weight`.
public struct StateDictionary: Sendable {
    public struct Entry: Sendable {
        /// Tributary's name.
        public let path: String
        public let name: String
        public let shape: Shape
        /// Whether training adjusts it; running values are buffers.
        public let isParameter: Bool
    }

    /// In the order of the model's tables: parameters, then running values.
    public let entries: [Entry]
    /// The numbers of batches that PyTorch counts beside running means and variances.
    public let counters: [String]
    private let byPath: [String: Entry]

    public init(_ model: VariationalAutoencoder) {
        let structure = model.structure
        var names = StateNames()
        names.add(structure.encoder, of: "encoder")
        names.add(structure.decoder, of: "decoder")
        if let classifier = structure.classifier { names.add(classifier.layers, of: "classifier") }
        let paths = Set(model.parameters.slices.map(\.name))
        func entry(_ slice: SliceTable.Slice, isParameter: Bool) -> Entry {
            let name = names[slice.name] ?? Self.nameOutsideLayers(slice.name, among: paths)
            return Entry(path: slice.name, name: name, shape: slice.shape, isParameter: isParameter)
        }
        entries =
            model.parameters.slices.map { entry($0, isParameter: true) }
            + model.statistics.slices.map { entry($0, isParameter: false) }
        counters = names.counters
        byPath = Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0) })
    }

    /// The entry of Tributary's name for a tensor; nil where the model has none.
    subscript(path: String) -> Entry? { byPath[path] }

    /// A group with a weight is a module, and its tensors are named below it; any other tensor is named by its whole path.
    private static func nameOutsideLayers(_ path: String, among paths: Set<String>) -> String {
        let parts = path.split(separator: "/")
        let group = parts.dropLast()
        let isModule = paths.contains(group.joined(separator: "/") + "/weight")
        return isModule ? group.joined(separator: "_") + "." + parts.last! : parts.joined(separator: "_")
    }
}

/// The names of the tensors of layers.
private struct StateNames {
    /// The module at each layer's path, and how it calls its tensors.
    private var modules: [String: (name: String, tensors: [String: String])] = [:]
    private(set) var counters: [String] = []

    subscript(path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), let module = modules[String(path[..<slash])] else { return nil }
        let last = String(path[path.index(after: slash)...])
        return "\(module.name).\(module.tensors[last] ?? last)"
    }

    mutating func add(_ layers: [PlacedLayer], of name: String) {
        for (index, layer) in layers.enumerated() { add(layer, "\(name).\(index)") }
    }

    private mutating func add(_ place: PlacedLayer, _ name: String) {
        let form = place.layer.form
        modules[place.path] = (name, form.tensorNames)
        if form.countsBatches { counters.append("\(name).num_batches_tracked") }
        guard let parts = place.parts else { return }
        add(parts.layers, of: "\(name).layers")
        if let projection = parts.projection { add(projection, "\(name).projection") }
    }
}

extension ModelDescription {
    /// The decoder's last layer that changes values, if it gives only some of the numbers that logits can be: its place, its name,
    /// and what it gives, in words.
    public var boundedEnd: (index: Int, name: String, range: String)? {
        guard let index = decoder.lastIndex(where: { !$0.movesOnly }), let range = decoder[index].range else {
            return nil
        }
        return (index, decoder[index].name.rawValue, range)
    }
}

extension Layer {
    /// Whether the layer gives values that it takes, or some between them.
    fileprivate var movesOnly: Bool {
        switch self {
        case .flatten, .reshape, .upsampling, .averagePooling, .maxPooling: true
        default: false
        }
    }

    /// What the layer gives, where that is not any number.
    fileprivate var range: String? {
        switch self {
        case .sigmoid: "0 to 1"
        case .tanh: "-1 to 1"
        case .relu, .softplus: "0 and above"
        case .elu: "-1 and above"
        case .silu: "-0.28 and above"
        default: nil
        }
    }
}

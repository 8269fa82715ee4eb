extension Tensor {
    /// A value supplied to every run.
    public static func input(_ name: String, _ shape: Shape) -> Tensor { Tensor(.input(name), shape: shape) }

    /// A trained slice of the parameter buffer.
    public static func parameter(_ name: String, _ shape: Shape) -> Tensor { Tensor(.parameter(name), shape: shape) }

    /// A slice of the buffer of running statistics.
    public static func statistic(_ name: String, _ shape: Shape) -> Tensor { Tensor(.statistic(name), shape: shape) }

    /// The same number everywhere.
    public static func constant(_ value: Float, _ shape: Shape = []) -> Tensor {
        Tensor(.constant(value), shape: shape)
    }

    /// Standard normal numbers, (B, …); `key` is this source's own number.
    public static func normal(_ shape: Shape, key: UInt16) -> Tensor {
        Tensor(.noise(.init(.normal, key: key)), shape: shape)
    }

    /// Numbers in (0, 1), shape (B, …); in every pass the same ones, if said so.
    public static func uniform(_ shape: Shape, key: UInt16, inEveryPass isInEveryPass: Bool = false) -> Tensor {
        Tensor(.noise(.init(.uniform, key: key, inEveryPass: isInEveryPass)), shape: shape)
    }

    /// 1 with the given probability, else 0; shape (B, …).
    public static func bernoulli(_ shape: Shape, probability: Float, key: UInt16) -> Tensor {
        Tensor(.noise(.init(.bernoulli(probability), key: key)), shape: shape)
    }

    /// The number, if this is a constant.
    var constantValue: Float? {
        if case .constant(let value) = node.operation { value } else { nil }
    }
}

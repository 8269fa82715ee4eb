import Glibc

/// The random numbers of one operator for one example: a pure function from an element's index to its value.
///
/// The address of a number is (seed, operator, pass, example, sample, element), packed as the Philox key `seed` and the counter
/// `(element / 4, example, pass, operator << 16 | sample)`; `element % 4` chooses the word. Elements count row-major within the
/// example, whatever the layout in memory.
public struct RandomStream: Hashable, Sendable {
    public var seed: UInt64
    /// Which consumer of randomness this is. Numbers from `reservedOperators` up are the system's own.
    public var `operator`: UInt16
    /// How many times the shard of this example had been passed through before.
    public var pass: UInt32
    public var example: UInt32
    /// Which of several draws for the same example.
    public var sample: UInt16

    public init(seed: UInt64, operator: UInt16, pass: UInt32 = 0, example: UInt32 = 0, sample: UInt16 = 0) {
        self.seed = seed
        self.operator = `operator`
        self.pass = pass
        self.example = example
        self.sample = sample
    }

    /// Operators from here on are not a graph's: initialisation, shuffling, probes, synthesis, audits, labels and mixtures.
    public static let reservedOperators: UInt16 = 0xFF00
    public static let initialisation: UInt16 = 0xFF00
    public static let shuffle: UInt16 = 0xFF01
    public static let probe: UInt16 = 0xFF02
    public static let synthesis: UInt16 = 0xFF03
    public static let audit: UInt16 = 0xFF04
    /// Which examples keep their labels.
    public static let labelDraw: UInt16 = 0xFF05
    /// The order in which a shard's labelled examples come.
    public static let labelledShuffle: UInt16 = 0xFF06
    public static let mixture: UInt16 = 0xFF08

    /// The four words that hold elements `4 * index ..< 4 * index + 4`.
    public func words(_ index: UInt32) -> SIMD4<UInt32> {
        let counter = SIMD4(index, example, pass, UInt32(`operator`) << 16 | UInt32(sample))
        return Philox.block(counter: counter, key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)))
    }

    /// 32 uniform random bits.
    public func bits(_ element: Int) -> UInt32 {
        words(UInt32(element / 4))[element % 4]
    }

    /// A number in (0, 1): the midpoint of one of 2²³ equal intervals, exact in Float and in Double.
    public func uniform(_ element: Int) -> Double {
        Self.unit(bits(element))
    }

    /// A standard normal number, by the transform of Box and Muller.
    ///
    /// Words 0 and 1 of a block make elements 0 and 1, words 2 and 3 the others:
    /// `r = √(-2 ln u₁)`, even elements `r cos 2πu₂`, odd ones `r sin 2πu₂`.
    public func normal(_ element: Int) -> Double {
        let words = words(UInt32(element / 4))
        let pair = element % 4 / 2 * 2
        let radius = (-2 * log(Self.unit(words[pair]))).squareRoot()
        let angle = 2 * Double.pi * Self.unit(words[pair + 1])
        return radius * (element % 2 == 0 ? cos(angle) : sin(angle))
    }

    static func unit(_ bits: UInt32) -> Double {
        (Double(bits >> 9) + 0.5) * 0x1p-23
    }
}

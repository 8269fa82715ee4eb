import Pictures

/// How many pictures had to be converted, by what was done.
struct ConversionTally {
    private var counts: [PictureTraits: Int] = [:]

    mutating func add(_ examples: [ShapedExample]) {
        for example in examples {
            guard case .success(let shaped) = example.result, !shaped.traits.isEmpty else { continue }
            for (trait, _) in PictureTraits.all where shaped.traits.contains(trait) { counts[trait, default: 0] += 1 }
        }
    }

    /// A sentence for each kind.
    var notes: [String] {
        PictureTraits.all.compactMap { trait, conversion in
            counts[trait].map { "\(counted($0, "picture")) \(conversion)." }
        }
    }
}

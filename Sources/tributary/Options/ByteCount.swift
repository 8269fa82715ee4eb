import ArgumentParser

/// A number of bytes on the command line: a number with M or G.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        let units: [Character: Double] = ["M": 1e6, "G": 1e9]
        guard let unit = argument.last.flatMap({ units[$0] }), let value = Double(argument.dropLast()), value > 0,
            value * unit < 1e18
        else { return nil }
        bytes = Int(value * unit)
    }
}

/// The order of a dataset's axes in a user's words: `NHWC`, `NCWH`, `HWN`, or `flat:28x28` for images that are a row of numbers.
public enum AxisLayout: Hashable, Sendable, CustomStringConvertible {
    /// N, H and W once each, and C once or not at all.
    case axes([Axis])
    /// Two axes, of which one counts images. The other holds an image's values, the extents given from the slowest to the fastest.
    case flat([Axis], [Int])

    public enum Axis: String, Hashable, Sendable, CaseIterable {
        case image = "N"
        case channel = "C"
        case row = "H"
        case column = "W"
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].lowercased() == "flat" {
            self.init(flat: parts[1])
        } else {
            let axes = text.uppercased().map { Axis(rawValue: String($0)) }
            let known = axes.compactMap(\.self)
            let needed: [Axis] = [.image, .row, .column] + (known.contains(.channel) ? [.channel] : [])
            guard known.count == axes.count, known.count == needed.count, Set(known) == Set(needed) else { return nil }
            self = .axes(known)
        }
    }

    /// `HxW`, `HxWxC`, or `CxHxW` where the first number is at most 4 and the last is not.
    private init?(flat text: Substring) {
        let extents = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard (2...3).contains(extents.count), extents.allSatisfy({ (1...1 << 16).contains($0) }) else { return nil }
        let isPlanar = extents.count == 3 && extents[0] <= 4 && extents[2] > 4
        self = .flat(
            isPlanar ? [.channel, .row, .column] : Array([.row, .column, .channel].prefix(extents.count)), extents)
    }

    /// The same axes, counted from the other end.
    var reversed: AxisLayout {
        if case .axes(let axes) = self { .axes(axes.reversed()) } else { self }
    }

    public var description: String {
        switch self {
        case .axes(let axes): axes.map(\.rawValue).joined()
        case .flat(_, let extents): "flat:" + extents.map(String.init).joined(separator: "x")
        }
    }
}

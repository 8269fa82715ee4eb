/// The looks of a plot, in one place. Lengths are in pixels.
enum PlotStyle {
    static let background = Color(0xFFFFFF)
    static let gridColor = Color(0xE3E6EA)
    static let axisColor = Color(0x8A9099)
    static let title = TextStyle(height: 14, thickness: 2, color: Color(0x1F2933))
    static let label = TextStyle(height: 10, thickness: 1.3, color: Color(0x3E4C59))
    static let lineThickness = 2.2
    /// Lines of up to this many points have a dot at each.
    static let mostDots = 40
    static let dotThickness = 6.0
    static let margin = 18.0
    static let gap = 9.0

    static let pointThickness = 3.6

    /// Blue, orange, green, purple, red, grey: apart for colour-blind eyes too (after Okabe and Ito). Behind them sky blue, olive, wine and
    /// black, so that ten classes differ.
    private static let palette: [UInt32] = [
        0x0072B2, 0xE69F00, 0x009E73, 0xAA4499, 0xD55E00, 0x5F6B7A, 0x56B4E9, 0x999933, 0x882255, 0x000000,
    ]

    static func color(ofSeries index: Int) -> Color { Color(palette[index % palette.count]) }
}

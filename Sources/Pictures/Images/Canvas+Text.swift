/// Which point of a line of text is placed.
enum TextAnchor {
    case start
    case middle
    case end
}

/// How text looks: the height of a capital and the thickness of strokes in pixels.
struct TextStyle {
    var height: Double
    var thickness: Double
    var color: Color

    /// How wide a line of text is, in pixels.
    func width(of text: String) -> Double {
        text.reduce(0) { $0 + StrokeFont.shared.glyph($1).advance } * scale
    }

    /// Pixels per unit of the font.
    var scale: Double { height / StrokeFont.capitalHeight }
}

extension Canvas {
    /// Draws a line of text on a baseline that starts, ends or has its middle at `position`.
    ///
    /// - Parameter upwards: turned a quarter counterclockwise, so that it reads from bottom to top.
    mutating func draw(
        _ text: String, at position: Point, anchor: TextAnchor = .start, upwards: Bool = false, _ style: TextStyle
    ) {
        let width = style.width(of: text)
        var advance =
            switch anchor {
            case .start: 0.0
            case .middle: -width / 2
            case .end: -width
            }
        var lines: [[Point]] = []
        for character in text {
            let glyph = StrokeFont.shared.glyph(character)
            lines += glyph.strokes.map { stroke in
                stroke.map { point in
                    let (along, across) = (advance + point.x * style.scale, point.y * style.scale)
                    return upwards
                        ? Point(x: position.x + across, y: position.y - along)
                        : Point(x: position.x + along, y: position.y + across)
                }
            }
            advance += glyph.advance * style.scale
        }
        stroke(lines, thickness: style.thickness, color: style.color)
    }
}

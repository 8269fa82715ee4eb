/// A colour on a canvas: red, green and blue in [0, 1], as stored (no gamma is applied anywhere).
struct Color: Equatable, Sendable {
    var red: Float
    var green: Float
    var blue: Float

    /// Reads 0xRRGGBB.
    init(_ hexadecimal: UInt32) {
        red = Float(hexadecimal >> 16 & 255) / 255
        green = Float(hexadecimal >> 8 & 255) / 255
        blue = Float(hexadecimal & 255) / 255
    }
}

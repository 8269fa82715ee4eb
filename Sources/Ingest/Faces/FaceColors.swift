/// Red, green and blue in [0, 1], as stored.
typealias RGB = SIMD3<Float>

/// Reads 0xRRGGBB.
@inline(__always)
func rgb(_ hexadecimal: UInt32) -> RGB {
    RGB(Float(hexadecimal >> 16 & 255), Float(hexadecimal >> 8 & 255), Float(hexadecimal & 255)) / 255
}

/// a where t is 0, b where t is 1, and evenly between.
@inline(__always)
func mix(_ a: RGB, _ b: RGB, _ t: Float) -> RGB { a + (b - a) * t }

/// The colours faces are made of; each list is a way along which a face's own colour lies.
enum FaceColors {
    static let skin = [0xF9DCC8, 0xF1C5A4, 0xDFA680, 0xC08358, 0x8F5A3A, 0x5E3A26].map { rgb($0) }
    static let blond = [0xEFD9A0, 0xE2C078, 0xC89B52].map { rgb($0) }
    static let otherHair = [0x15110F, 0x2C1D16, 0x4B2E1E, 0x6E4426, 0x8A3B1C, 0x8D8A88].map { rgb($0) }
    static let iris = [0x3E6FA3, 0x5C8FA8, 0x5E8A56, 0x7A6A35, 0x5A3A1E, 0x2E1C12].map { rgb($0) }
    static let cloth = [0x27344F, 0x6C2F3B, 0xC7CBD3, 0x2F5D50, 0xD09A3C, 0x5A4A78].map { rgb($0) }
    static let wool = [0xB23A3A, 0xD98E2F, 0x3F6E8C, 0x3C7A5A, 0x5B4B8A, 0x3A3F4A].map { rgb($0) }
    static let background = [0x8FB6CF, 0xC9B79C, 0x7E9A84, 0x9A8FB0, 0xB8C4CC, 0x56677A].map { rgb($0) }
    static let frame = [0x17171A, 0x4A2E1E, 0x7A1F2A, 0x2A3A5A].map { rgb($0) }
}

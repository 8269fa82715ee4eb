import Foundation
import Pictures

/// What Pillow made of a picture of the formula `value(x, y, c)`.
struct ResizeCase: Sendable, CustomStringConvertible {
    let source: (Int, Int)
    let target: (Int, Int)
    let channels: Int
    let filter: ResizeFilter
    let head: [UInt8]
    let checksum: Int

    var description: String { "\(source) to \(target), \(channels) channels, \(filter)" }
}

/// The picture that `scripts/reference/resize.py` makes by the same formula.
func patterned(width: Int, height: Int, channels: Int) -> Image {
    var image = Image(width: width, height: height, color: [UInt8](repeating: 0, count: channels))
    for y in 0..<height {
        for x in 0..<width {
            for c in 0..<channels { image[x, y, c] = UInt8((x * 7 + y * 13 + c * 101 + (x * y) % 31 * 5) % 256) }
        }
    }
    return image
}

/// Adler-32 (RFC 1950), as Python's `zlib.adler32`.
func checksum(_ bytes: [UInt8]) -> Int {
    var (a, b) = (1, 0)
    for byte in bytes {
        a = (a + Int(byte)) % 65521
        b = (b + a) % 65521
    }
    return b << 16 | a
}

/// The bytes that a string of hexadecimal digits stands for.
func bytes(hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Runs `body` with a directory of its own, which is removed afterwards.
func withTemporaryDirectory(_ body: (URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
}

/// EXIF's orientation: how the stored rows and columns are to be turned so that the picture stands upright.
///
/// 1 as stored, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same of pictures whose rows are columns.
/// Source: CIPA DC-008 (Exif 2.32), section 4.6.4, tag 0x0112.
enum Orientation {
    /// The orientation in a TIFF structure, as EXIF has it; 1 where it says none, or nothing that can be.
    static func read(_ bytes: some RandomAccessCollection<UInt8>) -> Int {
        let tiff = Array(bytes.prefix(1 << 16))
        guard tiff.count >= 14 else { return 1 }
        let isLittle = tiff[0] == UInt8(ascii: "I")
        guard tiff.starts(with: isLittle ? [0x49, 0x49, 42, 0] : [0x4D, 0x4D, 0, 42]) else { return 1 }
        func number(_ place: Int, _ count: Int) -> Int? {
            guard place >= 0, place + count <= tiff.count else { return nil }
            let digits = tiff[place..<place + count]
            return isLittle
                ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return 1 }
        for entry in 0..<entries {
            let place = directory + 2 + 12 * entry
            guard let tag = number(place, 2) else { return 1 }
            if tag == 0x0112, let value = number(place + 8, 2), (1...8).contains(value) { return value }
        }
        return 1
    }
}

extension Image {
    /// Upright, of a picture stored with that orientation.
    func turned(from orientation: Int) -> Image {
        guard (2...8).contains(orientation) else { return self }
        let lies = orientation > 4
        let (newWidth, newHeight) = lies ? (height, width) : (width, height)
        // Where the right and the lower end of the new picture come from.
        let mirrorsX = [2, 3, 7, 8].contains(orientation)
        let mirrorsY = [3, 4, 6, 7].contains(orientation)
        var turned = [UInt8](repeating: 0, count: pixels.count)
        var place = 0
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let (column, row) = lies ? (y, x) : (x, y)
                let source = offset(mirrorsX ? width - 1 - column : column, mirrorsY ? height - 1 - row : row)
                for channel in 0..<channels {
                    turned[place] = pixels[source + channel]
                    place += 1
                }
            }
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: turned)
    }
}

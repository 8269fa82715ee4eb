private import CZlib

/// Pictures that follow one another, as a PNG that browsers play (APNG); whoever knows only PNG sees the first.
///
/// Source: W3C, "Portable Network Graphics (PNG) specification", third edition, 2025, sections 11.3.2.1 to 11.3.2.3.
public enum AnimatedPNG {
    /// Compresses pictures of one size, losslessly. They are played again and again.
    ///
    /// - Parameters:
    ///   - frames: One at least; all grey or all colour.
    ///   - milliseconds: How long each is shown.
    public static func encode(_ frames: [Image], milliseconds: Int) throws(PictureError) -> [UInt8] {
        precondition(!frames.isEmpty, "an animation needs a picture")
        precondition(
            frames.allSatisfy {
                $0.width == frames[0].width && $0.height == frames[0].height && $0.channels == frames[0].channels
            },
            "pictures of several sizes")
        var file: [UInt8] = []
        var sequence = 0
        for (index, frame) in frames.enumerated() {
            let png = try PNG.encode(frame)
            let chunks = chunks(of: png)
            if index == 0 {
                file += png[..<signatureLength] + chunk("IHDR", chunks.first { $0.type == "IHDR" }?.data ?? [])
                file += chunk("acTL", bigEndian(frames.count) + bigEndian(0))
            }
            file += chunk("fcTL", control(frame, sequence, milliseconds))
            sequence += 1
            for data in chunks.filter({ $0.type == "IDAT" }).map(\.data) {
                guard index > 0 else {
                    file += chunk("IDAT", data)
                    continue
                }
                file += chunk("fdAT", bigEndian(sequence) + data)
                sequence += 1
            }
        }
        return file + chunk("IEND", [])
    }

    private static let signatureLength = 8

    /// Size, place, time in milliseconds, and that the frame replaces the one before.
    private static func control(_ frame: Image, _ sequence: Int, _ milliseconds: Int) -> [UInt8] {
        bigEndian(sequence) + bigEndian(frame.width) + bigEndian(frame.height) + bigEndian(0) + bigEndian(0)
            + bigEndian(milliseconds).suffix(2) + bigEndian(1000).suffix(2) + [0, 0]
    }

    /// The parts of a PNG that libpng wrote.
    private static func chunks(of png: [UInt8]) -> [(type: String, data: [UInt8])] {
        var chunks: [(type: String, data: [UInt8])] = []
        var place = signatureLength
        while place + 12 <= png.count {
            let length = png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let start = place + 8
            chunks.append((String(decoding: png[place + 4..<start], as: UTF8.self), Array(png[start..<start + length])))
            place = start + length + 4
        }
        return chunks
    }

    /// A part with its length and its checksum. The C function is `crc32`.
    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        let checksum = unsafe crc32(0, body, UInt32(body.count))
        return bigEndian(data.count) + body + bigEndian(Int(checksum))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

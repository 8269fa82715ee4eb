/// What kind of picture some bytes are, told by their beginning and never by a name.
public enum PictureFormat: String, Sendable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"

    /// The format that bytes begin like; nil for all others.
    public init?(of bytes: some Collection<UInt8>) {
        let start = Array(bytes.prefix(12))
        if start.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = .png
        } else if start.count == 12, start.starts(with: Array("RIFF".utf8)), start[8...] == ArraySlice("WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// What bytes that are none of these formats look like, for the sentence that refuses them.
    public static func describe(_ bytes: some Collection<UInt8>) -> String {
        guard !bytes.isEmpty else { return "is empty" }
        let start = Array(bytes.prefix(512))
        if let (_, name) = others.first(where: { start.starts(with: $0.0) }) { return "is \(name)" }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if text.contains("<html") || text.contains("<!doctype") { return "is a web page" }
        if start.allSatisfy({ $0 == 0 }) { return "holds zeros only" }
        return "is no picture that is known"
    }

    private static let others: [([UInt8], String)] = [
        (Array("GIF8".utf8), "a GIF"), (Array("BM".utf8), "a BMP"), (Array("II*\0".utf8), "a TIFF"),
        (Array("MM\0*".utf8), "a TIFF"), (Array("P5".utf8), "a PGM"), (Array("P6".utf8), "a PPM"),
        (Array("PK".utf8), "a zip archive"), (Array("%PDF".utf8), "a PDF"),
        ([0x1F, 0x8B], "compressed with gzip"),
    ]
}

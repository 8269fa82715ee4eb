import CZlib
import Glibc

/// Files that may be compressed with gzip or plain; their first bytes decide, never their name.
///
/// Archives that hold many files are `ZipArchive`.
public enum GzipFile {
    /// The bytes of a file, decompressed where it is a gzip file.
    ///
    /// The C functions are `gzopen`, `gzread` and `gzclose_r`.
    /// - Parameter limit: The most bytes that are believed. A gzip file does not say its size before it is unpacked, so
    ///   a small hostile one could fill the memory.
    /// - Throws: `ArchiveError` where the file is missing, truncated, corrupt or larger than `limit`.
    public static func contents(of path: String, limit: Int = 1 << 30) throws(ArchiveError) -> [UInt8] {
        try requireFile(path)
        guard let file = unsafe gzopen(path, "rb") else {
            throw ArchiveError(place: path, reason: "cannot be opened: \(systemErrorText())")
        }
        var result = unsafe read(file, limit: limit)
        let closing = unsafe gzclose_r(file)
        if result.problem == nil, closing == Z_BUF_ERROR { result.problem = "is truncated" }
        if let problem = result.problem { throw ArchiveError(place: path, reason: problem) }
        return result.bytes
    }

    private static func read(_ file: gzFile, limit: Int) -> (bytes: [UInt8], problem: String?) {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe gzread(file, &piece, UInt32(piece.count))
            guard count >= 0 else { return ([], unsafe problem(of: file)) }
            guard count > 0 else { return (bytes, nil) }
            guard bytes.count + Int(count) <= limit else { return ([], "holds more than \(limit) bytes") }
            bytes += piece[..<Int(count)]
        }
    }

    private static func problem(of file: gzFile) -> String {
        var code: Int32 = 0
        let text = unsafe gzerror(file, &code)
        switch code {
        case Z_BUF_ERROR: return "is truncated"
        case Z_ERRNO: return "cannot be read: \(systemErrorText())"
        default:
            // The library's text begins with the path, which the error has already.
            let message = unsafe text.map { unsafe String(cString: $0) } ?? "zlib error \(code)"
            return "is corrupt: \(message.split(separator: ": ").last ?? "zlib error \(code)")"
        }
    }
}

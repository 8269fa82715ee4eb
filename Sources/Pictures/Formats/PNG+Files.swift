import Foundation

extension PNG {
    /// Reads a PNG file.
    public static func read(_ path: String) throws(PictureError) -> Image {
        try decode(try fileBytes(path), name: path)
    }
}

private func fileBytes(_ path: String) throws(PictureError) -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw PictureError(description: "Could not read the picture \(path): \(reason(error)).")
    }
}

/// The system's own words where Foundation kept them ("No space left on device"), and Foundation's otherwise.
private func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError
    guard let underlying else { return error.localizedDescription }
    return unsafe String(cString: strerror(underlying.code.rawValue))
}

/// The bytes before an HDF5 file's own first byte, which the library and every reader skip.
///
/// A checkpoint keeps the digest of the rest of the file here, so that it is checked before HDF5 parses anything.
public enum UserBlock {
    /// The size of the block in bytes, the smallest that HDF5 looks behind.
    public static let size = 512

    /// The image of a file with a user block before it.
    ///
    /// - Parameter content: At most 512 bytes; zeros fill the rest.
    public static func prepend(_ content: [UInt8], to image: [UInt8]) -> [UInt8] {
        precondition(content.count <= size, "expected at most \(size) bytes of user block, got \(content.count)")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + image.count)
        bytes += content
        bytes += repeatElement(0, count: size - content.count)
        bytes += image
        return bytes
    }

    /// The user block and the file behind it, or nil where there are not even 512 bytes.
    public static func split(_ bytes: [UInt8]) -> (content: ArraySlice<UInt8>, image: ArraySlice<UInt8>)? {
        guard bytes.count >= size else { return nil }
        return (bytes[..<size], bytes[size...])
    }
}

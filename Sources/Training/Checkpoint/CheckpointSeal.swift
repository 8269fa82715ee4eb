import Hashing
import Storage

/// The first 512 bytes of a checkpoint: the digest of all others, checked before HDF5 parses any.
enum CheckpointSeal {
    /// Puts the seal before the image of an HDF5 file.
    static func seal(_ image: [UInt8]) -> [UInt8] {
        UserBlock.prepend(content(image.count, SHA256.digest(image)), to: image)
    }

    /// The image behind a seal that fits, bit by bit.
    ///
    /// - Throws: `CheckpointError`.
    static func open(_ bytes: [UInt8], file: String) throws(CheckpointError) -> [UInt8] {
        guard let (block, image) = UserBlock.split(bytes), block.starts(with: Array("tributary checkpoint ".utf8))
        else {
            throw CheckpointError(file: file, reason: "is not a Tributary checkpoint")
        }
        var hash = SHA256()
        hash.update(image)
        let expected = content(image.count, hash.finalize())
        guard block.elementsEqual(expected + Array(repeating: 0, count: UserBlock.size - expected.count)) else {
            throw CheckpointError(
                file: file, reason: "is damaged: its content does not match the checksum in it")
        }
        return Array(image)
    }

    private static func content(_ count: Int, _ digest: SHA256Digest) -> [UInt8] {
        Array("tributary checkpoint 1\nsha256 of the \(count) bytes from byte \(UserBlock.size): \(digest)\n".utf8)
    }
}

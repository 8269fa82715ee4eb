import Hashing
import Storage

/// Images that cannot change unseen: what was read once for the fingerprint is what leaves later.
///
/// Unpacked pixels are a copy that nobody else has. Those that stay in the file are read through the one descriptor that it was opened
/// with, and the first eight bytes of each image's SHA-256 are compared with what they were.
public struct SealedImages: Sendable {
    public let shape: ImageShape
    /// Of the split that a model is fitted to.
    public let fingerprint: SHA256Digest
    private let dataset: ImageDataset
    private let digests: [Int: UInt64]

    /// Reads both splits of a choice once.
    public init(_ dataset: ImageDataset, _ choice: SplitChoice) throws {
        self.dataset = dataset
        shape = dataset.shape
        let bytes = dataset.shape.count
        let digest = { @Sendable (pixels: [UInt8]) in dataset.mayChange ? Self.digests(of: pixels, bytes) : [] }
        let train = try dataset.read(choice.train, digest)
        fingerprint = train.fingerprint
        let heldOut = try choice.heldOut.map { dataset.mayChange ? try dataset.read($0, digest).digests : [] } ?? []
        let rows = choice.train.rows + (choice.heldOut?.rows ?? [])
        digests = Dictionary(zip(rows, train.digests + heldOut)) { first, _ in first }
    }

    private static func digests(of pixels: [UInt8], _ bytes: Int) -> [UInt64] {
        stride(from: 0, to: pixels.count, by: bytes).map { start in
            var hash = SHA256()
            hash.update(pixels[start..<start + bytes])
            return hash.finalize().bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// The images of some rows of the choice, in the order given.
    ///
    /// - Throws: `DataError` or `H5Error` where the file has changed.
    public func pixels(rows: [Int]) throws -> [UInt8] {
        guard dataset.mayChange else { return try dataset.pixels(rows: rows) }
        let pixels = try dataset.pixels(rows: rows)
        try dataset.requireUnchanged()
        for (row, digest) in zip(rows, Self.digests(of: pixels, shape.count)) where digests[row] != digest {
            throw DataError(
                dataset.path,
                "was changed while it was being read (image \(row) is another now); restore the file and resume, or begin a new run"
            )
        }
        return pixels
    }
}

import Pictures
import Storage

/// Images that a file holds as the bytes of picture files, PNG or JPEG, decoded as they are read.
struct EncodedImages: StoredImages {
    private let files: PictureRows
    /// Of the first picture; all others must have it.
    let shape: ImageShape

    let format = NumberFormat(.unsigned, bytes: 1)
    /// Pictures that are decoded at a time: about 64 MB of them.
    var step: Int { max(1, min(1024, (64 << 20) / shape.count)) }

    var count: Int { files.count }
    var place: String { files.place }

    /// Nil where a dataset holds something else.
    ///
    /// - Throws: `PictureError` where the first picture cannot be decoded, `H5Error`.
    init?(path: String, name: String, _ dataset: Dataset) throws {
        guard let files = try PictureRows(path: path, name: name, dataset) else { return nil }
        try self.init(files)
    }

    /// Nil where a group holds something else than a picture file in each of its datasets.
    ///
    /// - Throws: `PictureError` where the first picture cannot be decoded, `H5Error`.
    init?(_ stack: DatasetStack) throws {
        guard let files = try PictureRows(stack) else { return nil }
        try self.init(files)
    }

    private init(_ files: PictureRows) throws {
        self.files = files
        let first = try files.picture(0)
        shape = ImageShape(channels: first.channels, height: first.height, width: first.width)
    }

    /// The values of one picture, (C, H, W).
    private func pixels(_ row: Int) throws -> [UInt8] {
        let image = try files.picture(row)
        let found = ImageShape(channels: image.channels, height: image.height, width: image.width)
        guard found == shape else {
            throw DataError(
                place,
                "has a picture of \(found) in row \(row), and the first is \(shape): all images of a set have one shape"
            )
        }
        return image.planarPixels
    }

    func rows(_ range: Range<Int>, _ convert: @escaping @Sendable ([UInt8]) -> [UInt8]) throws -> [UInt8] {
        try concurrentMap(range) { row in Result { convert(try pixels(row)) } }.flatMap { try $0.get() }
    }

    func forEachPiece(of range: Range<Int>, _ body: @Sendable ([UInt8]) -> Void) throws {
        for result in concurrentMap(range, { row in Result { body(try pixels(row)) } }) { try result.get() }
    }

    func missingRows() -> (rows: [Range<Int>], written: Int, all: Int) { ([], 1, 1) }

    func touch() throws { try files.touch() }
}

/// The bytes of picture files in a dataset: of their own lengths, or filled up to one.
private struct PictureRows {
    private enum Source: Sendable {
        case variable(VariableBytes)
        case padded(StoredElements)
        case stack(DatasetStack)
    }

    private let source: Source
    let count: Int
    let place: String

    init?(path: String, name: String, _ dataset: Dataset) throws {
        guard dataset.count > 0 else { return nil }
        if dataset.elementType == .other("variable-length sequence"),
            let bytes = try VariableBytes(path: path, name: name)
        {
            (source, count, place) = (.variable(bytes), bytes.count, bytes.place)
        } else if dataset.elementType == UInt8.elementType, dataset.shape.count == 2 {
            let elements = try StoredElements(path: path, name: name)
            (source, count, place) = (.padded(elements), dataset.rowCount, elements.place)
            guard try Self.isPicture(bytes(of: 0)) else { return nil }
        } else {
            return nil
        }
    }

    init?(_ stack: DatasetStack) throws {
        guard stack.holdsFiles else { return nil }
        (source, count, place) = (.stack(stack), stack.names.count, stack.place)
        guard try Self.isPicture(bytes(of: 0)) else { return nil }
    }

    private static let beginnings: [[UInt8]] = [[0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47]]

    private static func isPicture(_ bytes: [UInt8]) -> Bool { beginnings.contains { bytes.starts(with: $0) } }

    private func bytes(of row: Int) throws -> [UInt8] {
        switch source {
        case .variable(let all): try all.bytes(of: row)
        case .padded(let all): try all.rows(row..<row + 1, along: 0) { $0 }
        case .stack(let all): try all.file(row)
        }
    }

    func picture(_ row: Int) throws -> Image {
        let bytes = try bytes(of: row)
        guard Self.isPicture(bytes) else {
            throw DataError(place, "holds no PNG and no JPEG in row \(row): write the images as an array of numbers")
        }
        let name = "in row \(row) of \(place)"
        return try Picture(bytes, name: name).image
    }

    func touch() throws {
        switch source {
        case .variable(let all): for row in 0..<count { _ = try all.bytes(of: row) }
        case .padded(let all): try all.touch()
        case .stack(let all): for row in 0..<count { _ = try all.file(row) }
        }
    }
}

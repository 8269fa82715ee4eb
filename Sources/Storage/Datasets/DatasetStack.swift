import CHDF5
import Synchronization

/// A group that has a dataset for each image, all alike, read one at a time.
public final class DatasetStack: Sendable {
    /// The path of the group and its file, for errors.
    public let place: String
    /// The datasets' names: in the order of their numbers where all begin with one.
    public let names: [String]
    /// The extents of each.
    public let shape: [Int]
    public let elementType: ElementType
    public let format: NumberFormat
    private let group: Mutex<OpenGroup>

    private struct OpenGroup: ~Copyable {
        let group: Group
    }

    /// Opens a group of a file of its own.
    ///
    /// - Parameter pictures: Those of its names that stand for images.
    /// - Throws: `H5Error` where the first name is no dataset of numbers.
    public init(path: String, name: String, _ pictures: ([String]) -> [String]) throws(H5Error) {
        let group = try File.open(path).root.group(name)
        place = group.place
        names = Self.inOrder(pictures(try group.names()))
        guard let first = names.first else { throw H5Error("read the group \(group.place)", because: "it is empty") }
        let dataset = try group.dataset(first)
        let isOpaque = dataset.elementType == .opaque && dataset.count == 1
        guard let format = isOpaque ? .byte : try dataset.numberFormat() else {
            throw H5Error("read the dataset \(dataset.place)", because: "it holds \(dataset.elementType), not numbers")
        }
        (shape, elementType, self.format) = (dataset.shape, dataset.elementType, format)
        self.group = Mutex(OpenGroup(group: group))
    }

    /// By the first number of each name, where all have one and the same word before it.
    private static func inOrder(_ names: [String]) -> [String] {
        let words = Set(names.map { $0.prefix { !$0.isNumber } })
        let numbers = names.compactMap { Int($0.drop { !$0.isNumber }.prefix { $0.isNumber }) }
        guard words.count == 1, numbers.count == names.count else { return names }
        return zip(numbers, names).sorted { $0 < $1 }.map(\.1)
    }

    /// Whether each dataset is a row of bytes, or an element of bytes without a type: a file, perhaps.
    public var holdsFiles: Bool { elementType == .opaque || (shape.count == 1 && elementType == UInt8.elementType) }

    /// The bytes of one dataset of those, whatever their number.
    ///
    /// - Throws: `H5Error` where it is something else.
    public func file(_ index: Int) throws(H5Error) -> [UInt8] {
        try group.withLock { (open) throws(H5Error) in
            let dataset = try open.group.dataset(names[index])
            if dataset.elementType == .opaque, dataset.count == 1 { return try dataset.opaqueBytes() }
            guard dataset.shape.count == 1, dataset.elementType == UInt8.elementType else {
                throw H5Error(
                    "read the dataset \(dataset.place)",
                    because:
                        "it holds \(dataset.elementType) of shape \(dataset.shape), and \(names[0]) holds a picture file"
                )
            }
            return try dataset.read(as: UInt8.self)
        }
    }

    /// The stored bytes of one dataset.
    ///
    /// - Throws: `H5Error` where it has another shape or type than the first.
    public func bytes(of index: Int) throws(H5Error) -> [UInt8] {
        try group.withLock { (open) throws(H5Error) in
            let dataset = try open.group.dataset(names[index])
            guard dataset.shape == shape, dataset.elementType == elementType, try dataset.numberFormat() == format
            else {
                throw H5Error(
                    "read the dataset \(dataset.place)",
                    because:
                        "it holds \(dataset.elementType) of shape \(dataset.shape), and \(names[0]) holds \(elementType) of "
                        + "\(shape): all images of a group have one shape")
            }
            return try dataset.storedBytes(of: Slab(origin: shape.map { _ in 0 }, extents: shape))
        }
    }
}

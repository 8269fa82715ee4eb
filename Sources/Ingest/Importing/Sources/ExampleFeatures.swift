import Pictures
import Storage
import SwiftProtobuf

/// Which features of TensorFlow's examples are the image and its label. The first example of a file decides.
struct ExampleFeatures {
    private let image: String
    private let label: String?

    /// What people call an image, the likeliest first.
    private static let imageNames = [
        "image/encoded", "image_raw", "image", "img", "image_bytes", "image/raw", "images", "data", "x", "X", "picture",
        "encoded", "jpeg", "png",
        "pixels", "input",
    ]
    private static let labelNames = [
        "image/class/label", "label", "labels", "class", "image/label", "target", "y", "attr", "attributes", "class_id",
        "category",
    ]

    /// - Throws: `DataError` where no feature is an image.
    init(_ example: TensorFlowExample, place: String) throws {
        let features = example.features.feature
        let names = features.keys.sorted()
        let pictures = names.filter { features[$0]?.picture != nil }
        let named = Self.imageNames.first { pictures.contains($0) }
        guard let image = named ?? pictures.first ?? Self.imageNames.first(where: { (features[$0]?.size ?? 0) >= 64 })
        else {
            throw DataError(
                place,
                names.isEmpty
                    ? "has no features"
                    : "has no feature that is an image: it has \(names.prefix(12).joined(separator: ", "))")
        }
        guard named != nil || pictures.count < 2 else {
            throw DataError(
                place,
                "has several pictures, \(pictures.prefix(12).joined(separator: ", ")): write one of them, as the feature image"
            )
        }
        self.image = image
        label = Self.labelNames.first { name in
            features[name].map { name != image && $0.label.isLabel } ?? false
        }
    }

    /// - Throws: `DataError` where an example lacks the image, or its numbers have not the shape that it tells.
    func record(_ example: TensorFlowExample, place: String) throws -> Record {
        let features = example.features.feature
        guard let feature = features[image] else {
            throw DataError(place, "has no feature \(image), and the first record has one")
        }
        let label = label.flatMap { features[$0]?.label } ?? .none
        if let picture = feature.picture { return Record(place: place, image: .picture(picture), label: label) }
        guard let (format, shape, bytes) = feature.numbers else {
            throw DataError(place, "has no numbers in its feature \(image)")
        }
        let count = bytes.count / format.bytes
        let told = shape ?? ExampleShape(features, count).extents
        if let told, told.reduce(1, *) != count {
            throw DataError(
                place,
                "has \(count) numbers in its feature \(image), and tells the shape \(told): other types than bytes are written as lists of numbers"
            )
        }
        return Record(place: place, image: .numbers(format, shape: told ?? [count], bytes: bytes), label: label)
    }
}

/// What the features of an example tell of its image's extents.
private struct ExampleShape {
    let extents: [Int]?

    /// - Parameter count: How many numbers the image has, which tells its channels where no feature does.
    init(_ features: [String: Feature], _ count: Int) {
        func numbers(_ names: [String]) -> [Int]? {
            for name in names {
                guard case .int64List(let list)? = features[name]?.kind else { continue }
                let extents = list.value.compactMap { (1...1 << 16).contains($0) ? Int($0) : nil }
                if extents.count == list.value.count { return extents }
            }
            return nil
        }
        func number(_ words: [String]) -> Int? {
            numbers(words.flatMap { [$0, "image/\($0)", "image_\($0)"] }).flatMap { $0.count == 1 ? $0[0] : nil }
        }
        if let shape = numbers(["shape", "image/shape", "image_shape"]), (2...3).contains(shape.count) {
            extents = shape
        } else if let height = number(["height", "rows", "h"]), let width = number(["width", "cols", "w"]) {
            let channels = number(["depth", "channels", "channel", "c"]) ?? max(1, count / (height * width))
            extents = [height, width, channels]
        } else {
            extents = nil
        }
    }
}

extension RecordLabel {
    fileprivate var isLabel: Bool { if case .none = self { false } else { true } }
}

extension Feature {
    /// The bytes of its only value; nil for other kinds.
    private var bytes: [UInt8]? {
        guard case .bytesList(let list)? = kind, list.value.count == 1 else { return nil }
        return [UInt8](list.value[0])
    }

    /// Its value, where that is a picture file.
    fileprivate var picture: [UInt8]? { bytes.flatMap { PictureFormat(of: $0) == nil ? nil : $0 } }

    /// How many numbers or bytes it has.
    fileprivate var size: Int {
        switch kind {
        case .bytesList(let list): list.value.first?.count ?? 0
        case .floatList(let list): list.value.count
        case .int64List(let list): list.value.count
        case nil: 0
        }
    }

    /// Its numbers, with their shape where it is a tensor that TensorFlow wrote.
    fileprivate var numbers: (NumberFormat, shape: [Int]?, bytes: [UInt8])? {
        switch kind {
        case .bytesList:
            bytes.map { bytes in
                (try? TensorFlowTensor(serializedBytes: bytes))?.numbers ?? (.byte, shape: nil, bytes: bytes)
            }
        case .floatList(let list): (NumberFormat(.float, bytes: 4), nil, list.value.map(\.bitPattern).storedBytes)
        case .int64List(let list): (NumberFormat(.signed, bytes: 8), nil, list.value.storedBytes)
        case nil: nil
        }
    }

    /// Its value as a label: whole numbers, or a short text.
    fileprivate var label: RecordLabel {
        switch kind {
        case .int64List(let list) where (1...4096).contains(list.value.count):
            whole(list.value.map { Int32(exactly: $0) })
        case .floatList(let list) where (1...4096).contains(list.value.count):
            whole(list.value.map { Int32(exactly: $0) })
        case .bytesList(let list) where list.value.count == 1 && list.value[0].count <= 256:
            .text(String(decoding: list.value[0], as: UTF8.self))
        default: .none
        }
    }

    private func whole(_ numbers: [Int32?]) -> RecordLabel {
        let whole = numbers.compactMap(\.self)
        return whole.count == numbers.count ? .numbers(whole) : .none
    }
}

extension TensorFlowTensor {
    /// What `tf.io.serialize_tensor` wrote; nil for what has not as many bytes as its type and shape say. Types are those of
    /// `tensorflow/core/framework/types.proto`.
    fileprivate var numbers: (NumberFormat, shape: [Int]?, bytes: [UInt8])? {
        let formats: [Int32: NumberFormat] = [
            1: NumberFormat(.float, bytes: 4), 2: NumberFormat(.float, bytes: 8), 3: NumberFormat(.signed, bytes: 4),
            4: .byte,
            9: NumberFormat(.signed, bytes: 8), 17: NumberFormat(.unsigned, bytes: 2),
            19: NumberFormat(.float, bytes: 2),
        ]
        let extents = tensorShape.dim.map { Int($0.size) }
        guard let format = formats[dtype], !extents.isEmpty, extents.allSatisfy({ (1...1 << 24).contains($0) }),
            extents.count <= 4, extents.reduce(Double(format.bytes), { $0 * Double($1) }) == Double(tensorContent.count)
        else { return nil }
        return (format, extents, [UInt8](tensorContent))
    }
}

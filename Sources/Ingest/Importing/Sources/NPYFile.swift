import Archives
import Foundation
import Storage

/// The header of an array as NumPy saves it.
///
/// `\x93NUMPY`, a version, the header's length, and a Python dictionary with `descr`, `fortran_order` and `shape`.
/// Source: NumPy, `numpy/lib/format.py`.
struct NPYHeader {
    /// What `descr` says: `|u1`, `<f4`.
    let descriptor: String
    let isFortranOrder: Bool
    let shape: [Int]
    /// The bytes before the numbers.
    let length: Int

    /// Whether the array holds Python objects, which are pickled.
    var holdsObjects: Bool { descriptor.contains("O") }

    /// How the numbers lie; nil for texts, structures and complex numbers.
    var format: NumberFormat? {
        let kinds: [Character: NumberFormat.Kind] = ["b": .unsigned, "u": .unsigned, "i": .signed, "f": .float]
        let text = descriptor.drop { "<>|=".contains($0) }
        guard let kind = text.first.flatMap({ kinds[$0] }), let size = Int(text.dropFirst()),
            [1, 2, 4, 8].contains(size),
            kind != .float || size > 1, text.first != "b" || size == 1
        else { return nil }
        return NumberFormat(kind, bytes: size, isBigEndian: descriptor.hasPrefix(">") && size > 1)
    }

    /// Reads a header, and leaves the stream behind it.
    ///
    /// - Throws: `DataError` for what is no such header.
    init(_ stream: ByteStream, place: String) throws {
        let start = try stream.read(8)
        guard start.count == 8, start[..<6] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], (1...3).contains(start[6]) else {
            throw DataError(place, "is no array of NumPy: it does not begin with \\x93NUMPY")
        }
        let width = start[6] == 1 ? 2 : 4
        let size = try stream.read(width).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard size <= 1 << 16 else { throw DataError(place, "has a damaged header of \(size) bytes") }
        let bytes = try stream.read(size)
        guard bytes.count == size else { throw DataError(place, "is truncated within its header") }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let shape = Self.shape(text), let order = Self.value("fortran_order", text) else {
            throw DataError(place, "has a damaged header: \(text.prefix(100))")
        }
        self.shape = shape
        descriptor = Self.quoted("descr", text) ?? "V"
        isFortranOrder = order.hasPrefix("True")
        length = 8 + width + size
    }

    /// What comes behind a key.
    private static func value(_ key: String, _ text: String) -> Substring? {
        guard let found = text.range(of: "'\(key)':") ?? text.range(of: "\"\(key)\":") else { return nil }
        return text[found.upperBound...].drop { $0 == " " }
    }

    /// A text behind a key; nil for anything else, such as the list of a structure's fields.
    private static func quoted(_ key: String, _ text: String) -> String? {
        guard let value = value(key, text), let quote = value.first, quote == "'" || quote == "\"" else { return nil }
        return String(value.dropFirst().prefix { $0 != quote })
    }

    private static func shape(_ text: String) -> [Int]? {
        guard let value = value("shape", text), value.first == "(", let end = value.firstIndex(of: ")") else {
            return nil
        }
        let words = value[..<end].dropFirst().split(separator: ",").map { $0.filter { $0 != " " && $0 != "L" } }
        let numbers = words.filter { !$0.isEmpty }.map { Int($0) }
        guard numbers.allSatisfy({ $0 != nil && $0! >= 0 }), numbers.count <= 8 else { return nil }
        return numbers.compactMap(\.self)
    }
}

/// An array of NumPy in a source: a file, or a member of an npz.
struct NPYFile {
    let header: NPYHeader
    /// Its name in the npz, or that of its file.
    let name: String
    let place: String
    private let open: () throws -> ByteStream

    init(_ entry: FileTree.Entry, in tree: FileTree, name: String) throws {
        self.name = name
        place = tree.place(of: entry)
        open = { try tree.stream(entry) }
        header = try NPYHeader(open(), place: place)
        guard let format = header.format else { return }
        // A header claims what it likes, and beside a 0 it claims nothing.
        guard !header.shape.contains(0) || header.shape.allSatisfy({ $0 < 1 << 24 }) else {
            throw DataError(place, "claims to hold \(header.shape) numbers; its header is damaged")
        }
        let size = header.shape.reduce(Double(format.bytes)) { $0 * Double($1) }
        guard size <= Double(entry.size - header.length) else {
            throw DataError(place, "is truncated: it should hold \(header.shape) numbers of \(format.bytes) bytes")
        }
    }

    /// The largest array in Fortran's order that is turned, in bytes: it is in memory as a whole.
    private static let turnedLimit = 1 << 29

    /// The array, the last axis fastest; nil for texts, structures and objects.
    var array: NumberArray? {
        guard let format = header.format, !header.shape.isEmpty else { return nil }
        let (open, length, shape, place) = (open, header.length, header.shape, place)
        guard header.isFortranOrder, shape.count > 1 else {
            return NumberArray(place: place, name: name, shape: shape, format: format) {
                let stream = try open()
                _ = try stream.read(length)
                return { try stream.read($0) }
            }
        }
        return NumberArray(place: place, name: name, shape: shape, format: format) {
            let size = shape.reduce(format.bytes, *)
            guard size <= Self.turnedLimit else {
                throw DataError(
                    place,
                    "lies in Fortran's order and has \(size) bytes, too many to turn: save numpy.ascontiguousarray of it"
                )
            }
            let stream = try open()
            _ = try stream.read(length)
            let turned = Self.turned(try stream.read(size), shape, format.bytes)
            var done = 0
            return { count in
                let bytes = Array(turned[done..<min(turned.count, done + count)])
                done += bytes.count
                return bytes
            }
        }
    }

    /// Numbers whose first axis is fastest, in the order in which the last is.
    private static func turned(_ bytes: [UInt8], _ shape: [Int], _ size: Int) -> [UInt8] {
        guard bytes.count == shape.reduce(size, *) else { return [] }
        // How far the next of each axis is, in numbers.
        let steps = shape.indices.map { shape[..<$0].reduce(1, *) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = [Int](repeating: 0, count: shape.count)
        var place = 0
        for _ in 0..<bytes.count / size {
            result += bytes[place * size..<(place + 1) * size]
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                place += steps[axis]
                if index[axis] < shape[axis] { break }
                place -= steps[axis] * shape[axis]
                index[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}

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

    /// How texts lie; nil for everything else.
    var text: TextFormat? {
        let kind = descriptor.drop { "<>|=".contains($0) }
        guard let length = Int(kind.dropFirst()), (1...1 << 16).contains(length) else { return nil }
        switch kind.first {
        case "S": return TextFormat(length: length, unitBytes: 1, isBigEndian: false)
        case "U": return TextFormat(length: length, unitBytes: 4, isBigEndian: descriptor.hasPrefix(">"))
        default: return nil
        }
    }

    /// The bytes of one number or text; nil for what is neither.
    var elementBytes: Int? { format?.bytes ?? text.map { $0.length * $0.unitBytes } }

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
        guard let elementBytes = header.elementBytes else { return }
        // A header claims what it likes, and beside a 0 it claims nothing.
        guard !header.shape.contains(0) || header.shape.reduce(1.0, { $0 * Double(max($1, 1)) }) < 1e15 else {
            throw DataError(place, "claims to hold \(header.shape) numbers; its header is damaged")
        }
        let size = header.shape.reduce(Double(elementBytes)) { $0 * Double($1) }
        guard size <= Double(entry.size - header.length) else {
            let what = header.format == nil ? "texts" : "numbers"
            throw DataError(place, "is truncated: it should hold \(header.shape) \(what) of \(elementBytes) bytes")
        }
    }

    /// The array, the last axis fastest; nil for texts, structures and objects.
    var array: NumberArray? {
        guard let format = header.format, !header.shape.isEmpty else { return nil }
        let (shape, isTurned) = (header.shape, header.isFortranOrder && header.shape.count > 1)
        let array = NumberArray(
            place: place, name: name, shape: isTurned ? shape.reversed() : shape, format: format, open: numbers)
        // In Fortran's order the first axis is the fastest.
        return isTurned ? array.turned(shape.indices.reversed()) : array
    }

    /// The texts, one for each row; nil for everything else.
    var texts: TextArray? {
        guard let format = header.text, let count = header.shape.first, header.shape.dropFirst().allSatisfy({ $0 == 1 })
        else { return nil }
        return TextArray(place: place, name: name, count: count, format: format, open: numbers)
    }

    /// Begins to read what is behind the header.
    private func numbers() throws -> (Int) throws -> [UInt8] {
        let stream = try open()
        _ = try stream.read(header.length)
        return { try stream.read($0) }
    }
}

import CZlib
import Glibc

/// How many numbers the arrays of a file of level 5 really have.
///
/// libmatio trusts an array's extents: where its element holds fewer numbers, the rest are zero and nothing is said. So the elements' tags are read
/// here ("MAT-File Level 5 File Format", MathWorks, chapter 1). Arrays of other levels are as long as they say, or end the file.
struct StoredCounts {
    /// By the array's name, the first of each.
    private(set) var counts: [String: Int] = [:]

    /// Enough for the parts of an array before its numbers, however long its name.
    private static let head = 4_096

    /// - Parameter path: A file that libmatio can open.
    init(_ path: String) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let header = Self.bytes(file, at: 0, 128)
        guard header.count == 128, let order = ByteOrder(header.suffix(2)), header[order.high + 124] == 1 else {
            return
        }
        var offset = 128
        for _ in 0..<MatrixFile.arrayLimit {
            guard let tag = ElementTag(Self.bytes(file, at: offset, 8), order) else { return }
            let element = Self.bytes(file, at: offset, Self.head)
            let start = tag.type == ElementTag.compressed ? Self.inflated(element.dropFirst(8), Self.head) : element
            if let (name, count) = Self.array(start, order) { counts[name] = counts[name] ?? count }
            offset += tag.size
        }
    }

    /// The name of an array and how many numbers its real part has: flags, extents, name and then the numbers.
    private static func array(_ bytes: [UInt8], _ order: ByteOrder) -> (name: String, count: Int)? {
        guard let matrix = ElementTag(bytes, order), matrix.type == ElementTag.matrix else { return nil }
        var (offset, name) = (8, "")
        for part in 0..<4 {
            guard let tag = ElementTag(bytes.dropFirst(offset), order) else { return nil }
            if part == 2 {
                name = String(decoding: bytes.dropFirst(offset + tag.data).prefix(tag.length), as: UTF8.self)
            }
            if part == 3 { return tag.numberSize.map { (name, tag.length / $0) } }
            offset += tag.size
        }
        return nil
    }

    /// The C function is `pread`.
    private static func bytes(_ file: Int32, at offset: Int, _ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = unsafe max(0, pread(file, buffer.baseAddress!, count, off_t(offset)))
        }
    }

    /// The first bytes of a zlib stream, or fewer where it ends or is damaged. The C function is `inflate`.
    private static func inflated(_ packed: ArraySlice<UInt8>, _ count: Int) -> [UInt8] {
        var input = Array(packed)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { output, length in
            var stream = unsafe z_stream()
            guard unsafe inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return }
            defer { unsafe _ = inflateEnd(&stream) }
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(count)
                unsafe _ = inflate(&stream, Z_SYNC_FLUSH)
            }
            length = unsafe count - Int(stream.avail_out)
        }
    }
}

/// How a file's words lie: its header ends in "IM" where the low byte comes first, and in "MI" where the high one does.
private enum ByteOrder {
    case little, big

    init?(_ mark: ArraySlice<UInt8>) {
        switch String(decoding: mark, as: UTF8.self) {
        case "IM": self = .little
        case "MI": self = .big
        default: return nil
        }
    }

    /// Where the high byte of a word of two bytes lies.
    var high: Int { self == .little ? 1 : 0 }

    func word(_ bytes: ArraySlice<UInt8>) -> Int {
        (self == .little ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What stands before an element: its type and length, in eight bytes, or in four where the data follow in the other four.
private struct ElementTag {
    static let matrix = 14
    static let compressed = 15

    let type: Int
    /// Bytes of data.
    let length: Int
    /// Bytes before the data.
    let data: Int
    /// Bytes to the next element. Only what is compressed is not filled up to eight.
    var size: Int { data + (type == Self.compressed ? length : (data + length + 7) / 8 * 8 - data) }

    /// Nil where the bytes are too few.
    init?(_ bytes: some Collection<UInt8>, _ order: ByteOrder) {
        let words = Array(bytes.prefix(8))
        guard words.count == 8 else { return nil }
        let first = order.word(words[..<4])
        let isShort = first >> 16 != 0
        (type, length, data) = isShort ? (first & 0xFFFF, first >> 16, 4) : (first, order.word(words[4...]), 8)
    }

    /// The bytes of a number of this type; nil where it is none.
    var numberSize: Int? {
        switch type {
        case 1, 2: 1
        case 3, 4: 2
        case 5, 6, 7: 4
        case 9, 12, 13: 8
        default: nil
        }
    }
}

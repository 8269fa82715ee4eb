import Foundation
import Pictures

/// Small sources of the kinds that people bring, made of nothing but formulas.
public enum Made {
    /// A picture whose colours tell which it is: (10 n, 20 n, 30 n).
    public static func png(_ number: Int, width: Int = 8, height: Int = 8, channels: Int = 3) throws -> [UInt8] {
        let color = (1...channels).map { UInt8(10 * $0 * number % 256) }
        return try PNG.encode(Image(width: width, height: height, color: color))
    }

    /// An array as NumPy saves it.
    public static func npy(_ descriptor: String, _ shape: [Int], _ bytes: [UInt8], fortran: Bool = false) -> [UInt8] {
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        let order = fortran ? "True" : "False"
        var text = "{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': (\(extents)), }"
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let size = UInt16(text.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(size & 255), UInt8(size >> 8)] + Array(text.utf8) + bytes
    }

    /// Bytes that use the range of bytes.
    public static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 7 % 256) } }

    /// Numbers with their lowest bytes first.
    public static func stored<Number: StoredNumber>(_ numbers: [Number]) -> [UInt8] { numbers.flatMap(\.storedBytes) }

    /// Two IDX files of images, 3 for training and 2 for testing, and two of labels, by name.
    public static func idx(side: Int = 8, prefix: String = "", training: [UInt8] = [5, 0, 9]) -> [String: [UInt8]] {
        func big(_ number: Int) -> [UInt8] { [0, 0, UInt8(number >> 8), UInt8(number & 255)] }
        func images(_ count: Int) -> [UInt8] {
            [0, 0, 8, 3] + big(count) + big(side) + big(side) + bytes(count * side * side)
        }
        func labels(_ values: [UInt8]) -> [UInt8] { [0, 0, 8, 1] + big(values.count) + values }
        let test = prefix.isEmpty ? "t10k" : "test"
        return [
            "\(prefix)train-images-idx3-ubyte": images(training.count),
            "\(prefix)train-labels-idx1-ubyte": labels(training),
            "\(prefix)\(test)-images-idx3-ubyte": images(2), "\(prefix)\(test)-labels-idx1-ubyte": labels([1, 2]),
        ]
    }

    /// A zip archive that stores its members uncompressed (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16).
    public static func zip(_ members: [String: [UInt8]]) -> [UInt8] {
        var (local, directory) = ([UInt8](), [UInt8]())
        for (name, bytes) in members.sorted(by: { $0.key < $1.key }) {
            let common =
                little(20, 2) + little(0, 8) + little(Int(crc32(bytes)), 4) + little(bytes.count, 4)
                + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 10) + little(local.count, 4)
                + Array(name.utf8)
            local += little(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
        }
        return local + directory + little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2)
            + little(members.count, 2) + little(directory.count, 4) + little(local.count, 4) + little(0, 2)
    }

    private static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    /// A file compressed with gzip, in one block that stores up to 65,535 bytes as they are (RFC 1951, section 3.2.4; RFC 1952).
    public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
        let tail = little(Int(crc32(bytes)), 4) + little(bytes.count, 4)
        return head + little(bytes.count, 2) + little(~bytes.count, 2) + bytes + tail
    }

    /// A tar archive (POSIX.1-1988, "ustar").
    public static func tar(_ members: [String: [UInt8]]) -> [UInt8] {
        var archive: [UInt8] = []
        for (name, bytes) in members.sorted(by: { $0.key < $1.key }) {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at place: Int) {
                header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
            }
            put(name, at: 0)
            put("0000644\0", at: 100)
            put(octal(bytes.count, 11) + "\0", at: 124)
            put(octal(0, 11) + "\0", at: 136)
            put("        ", at: 148)
            put("0", at: 156)
            put("ustar\u{0}00", at: 257)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
            archive += header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }

    private static func octal(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// Writes files below a folder, with the folders that they need.
    public static func write(_ files: [String: [UInt8]], below folder: String) throws {
        for (name, bytes) in files {
            let path = "\(folder)/\(name)"
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
    }
}

/// A number with its bytes, the lowest first.
public protocol StoredNumber {
    var storedBytes: [UInt8] { get }
}

extension StoredNumber where Self: FixedWidthInteger {
    public var storedBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> Self(8 * $0)) }
    }
}

extension UInt8: StoredNumber {}
extension UInt16: StoredNumber {}
extension UInt32: StoredNumber {}
extension Int64: StoredNumber {}

extension Float: StoredNumber {
    public var storedBytes: [UInt8] { bitPattern.storedBytes }
}

extension Double: StoredNumber {
    public var storedBytes: [UInt8] { Made.stored([UInt32(truncatingIfNeeded: bitPattern), UInt32(bitPattern >> 32)]) }
}

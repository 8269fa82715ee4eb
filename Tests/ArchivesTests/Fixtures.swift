import Foundation

/// A folder of its own for one test, removed with everything in it afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "archives-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// Makes a named pipe.
func makePipe(_ path: String) throws {
    try Process.run(URL(fileURLWithPath: "/usr/bin/mkfifo"), arguments: [path]).waitUntilExit()
}

extension [UInt8] {
    func write(to path: String) throws {
        try Data(self).write(to: URL(fileURLWithPath: path))
    }
}

/// The bytes of a zip archive that stores its members uncompressed (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16).
func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (local, directory) = ([UInt8](), [UInt8]())
    for (name, bytes) in members {
        let common =
            little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(Int(crc32(bytes)), 4)
            + little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
        directory +=
            little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
            + little(0, 4) + little(local.count, 4) + Array(name.utf8)
        local += little(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
    }
    return local + directory + little(0x0605_4B50, 4) + little(0, 2) + little(0, 2) + little(members.count, 2)
        + little(members.count, 2) + little(directory.count, 4) + little(local.count, 4) + little(0, 2)
}

private func little(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { checksum, byte in
        (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}

/// `Tributary, tributary, tributary\n`, 32 bytes, compressed by `gzip -n`.
let gzipped: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x0B, 0x29, 0xCA, 0x4C, 0x2A, 0x2D,
    0x49, 0x2C, 0xAA, 0xD4, 0x51, 0x28, 0xC1, 0xC2, 0xE4, 0x02, 0x00, 0xFA, 0xA2, 0x5B, 0xDD, 0x20,
    0x00, 0x00, 0x00,
]
let plain = Array("Tributary, tributary, tributary\n".utf8)

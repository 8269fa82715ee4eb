import Foundation
import Hashing
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    // FIPS 180-4 examples, as NIST publishes them (CSRC, "Examples with intermediate values").
    @Test(
        "equals the published vectors",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func vectors(message: String, digest: String) {
        #expect(SHA256.digest(Array(message.utf8)).description == digest)
    }

    @Test("a million letters, in pieces, give the published digest")
    func pieces() {
        var hash = SHA256()
        for _ in 0..<1000 { hash.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        #expect(
            hash.finalize().description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("numbers and texts enter as little-endian bytes")
    func numbers() {
        var hash = SHA256()
        hash.update([1 as Float, -2.5])
        hash.update(0x0102_0304 as UInt32)
        hash.update("é")
        hash.update([9, 8, 7, 6][1...2] as ArraySlice<UInt8>)
        let bytes: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 4, 3, 2, 1, 0xC3, 0xA9, 8, 7]
        #expect(hash.finalize() == SHA256.digest(bytes))
    }

    @Test("a digest survives JSON as its hexadecimal digits, and other texts are refused")
    func coding() throws {
        let digest = SHA256.digest([1, 2, 3])
        let json = try JSONEncoder().encode([digest])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(digest)\"]")
        #expect(try JSONDecoder().decode([SHA256Digest].self, from: json) == [digest])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([SHA256Digest].self, from: Data("[\"12\"]".utf8))
        }
        #expect(SHA256Digest(String(repeating: "x", count: 64)) == nil)
    }
}

import Archives
import Foundation
import Testing

@Suite("Gzip files")
struct GzipFileTests {
    @Test("compressed and plain files give the same bytes, whatever they are called")
    func bothKinds() throws {
        try withTemporaryFolder { folder in
            try gzipped.write(to: "\(folder)/compressed")
            try plain.write(to: "\(folder)/plain.gz")
            #expect(try GzipFile.contents(of: "\(folder)/compressed") == plain)
            #expect(try GzipFile.contents(of: "\(folder)/plain.gz") == plain)
        }
    }

    @Test(
        "a cut or damaged file is one sentence with its path",
        arguments: [
            (Array(gzipped.dropLast(9)), "is truncated"),
            (gzipped.enumerated().map { $0 == gzipped.count - 6 ? ~$1 : $1 }, "is corrupt: incorrect data check"),
        ])
    func damage(bytes: [UInt8], reason: String) throws {
        try withTemporaryFolder { folder in
            try bytes.write(to: "\(folder)/labels.gz")
            let error = #expect(throws: ArchiveError.self) { try GzipFile.contents(of: "\(folder)/labels.gz") }
            #expect(
                error?.description.hasPrefix("\(folder)/labels.gz \(reason)") == true, "\(String(describing: error))")
        }
    }

    @Test("a missing file and one beyond the limit are refused")
    func refusals() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: ArchiveError.self) { try GzipFile.contents(of: "\(folder)/nothing") }
            #expect(missing?.description == "\(folder)/nothing cannot be opened: No such file or directory")
            try gzipped.write(to: "\(folder)/labels.gz")
            let large = #expect(throws: ArchiveError.self) {
                try GzipFile.contents(of: "\(folder)/labels.gz", limit: 31)
            }
            #expect(large?.reason == "holds more than 31 bytes")
        }
    }

    @Test("a pipe is refused, and nobody waits for what comes through it")
    func pipe() throws {
        try withTemporaryFolder { folder in
            try makePipe("\(folder)/pipe")
            let error = #expect(throws: ArchiveError.self) { try GzipFile.contents(of: "\(folder)/pipe") }
            #expect(error?.description == "\(folder)/pipe is a pipe, a socket or a device: name a file")
        }
    }
}

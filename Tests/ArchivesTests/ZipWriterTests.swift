import Archives
import Foundation
import Testing

@Suite("Writing zip archives")
struct ZipWriterTests {
    @Test("what is written piece by piece is read back, and equal contents are equal bytes")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * $0) }
            for name in ["a.zip", "b.zip"] {
                let writer = try ZipWriter(over: "\(folder)/\(name)")
                try writer.begin("small.npy", size: 3)
                try writer.write([1, 2, 3])
                try writer.begin("large.npy", size: large.count)
                for start in stride(from: 0, to: large.count, by: 70_000) {
                    try writer.write(Array(large[start..<min(start + 70_000, large.count)]))
                }
                try writer.finish()
            }
            let archive = try ZipArchive("\(folder)/a.zip")
            #expect(archive.members.map(\.name) == ["small.npy", "large.npy"])
            #expect(try archive.contents(of: archive.members[0]) == [1, 2, 3])
            #expect(try archive.contents(of: archive.members[1]) == large)
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.zip"))
                    == Data(contentsOf: URL(fileURLWithPath: "\(folder)/b.zip")))
        }
    }

    @Test("a place where nothing can be written is named")
    func nowhere() throws {
        let error = #expect(throws: ArchiveError.self) { try ZipWriter(over: "/nowhere/a.zip") }
        #expect(error?.description.hasPrefix("/nowhere/a.zip cannot be written (") == true)
    }
}

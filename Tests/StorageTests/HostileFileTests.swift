import Foundation
import Storage
import Testing

@Suite("Files that are not to be believed")
struct HostileFileTests {
    @Test("a shape that the file cannot hold is refused before anything is allocated")
    func hugeShape() throws {
        let file = try File.create(inMemory: .earliest, named: "a.h5")
        // Nothing is written, so the file stays small while the shape claims a terabyte.
        _ = try file.root.createDataset("x", of: UInt8.self, shape: [1 << 20, 1 << 20])
        _ = try file.root.createDataset("y", of: UInt8.self, shape: [1 << 40], layout: .chunked([1 << 10], gzip: 1))
        let image = try File.open(image: file.image(), named: "a.h5")
        for name in ["x", "y"] {
            let error = #expect(throws: H5Error.self) { try image.root.dataset(name) }
            #expect(error?.description.contains("but the file has only") == true)
        }
    }

    @Test("beside an extent of 0 the others are not believed, either")
    func emptyAndHuge() throws {
        let file = try File.create(inMemory: .earliest)
        let error = #expect(throws: H5Error.self) {
            try file.root.createDataset("x", of: UInt8.self, shape: [0, 1 << 40, 1 << 40])
        }
        #expect(error?.description.contains("is too large to be true") == true, "\(error?.description ?? "")")
    }

    @Test("what is not an HDF5 file, and what was cut, is said in a sentence")
    func notAFile() throws {
        try withTemporaryFolder { folder in
            try Data("hello".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.h5"))
            let wrong = #expect(throws: H5Error.self) { try File.open("\(folder)/a.h5") }
            #expect(wrong?.description == "cannot open \(folder)/a.h5: it is not an HDF5 file")
            let file = try File.create(inMemory: .earliest)
            try file.root.write("x", [UInt8](repeating: 1, count: 5000), shape: [5000])
            try Data(try file.image().dropLast(100)).write(to: URL(fileURLWithPath: "\(folder)/b.h5"))
            let cut = #expect(throws: H5Error.self) { try File.open("\(folder)/b.h5") }
            #expect(cut?.description == "cannot open \(folder)/b.h5: the file is truncated")
        }
    }

    @Test("damage anywhere gives an error or values, never a crash")
    func bitFlips() throws {
        let file = try File.create(inMemory: .latest)
        try file.root.write("x", (0..<64).map { Float($0) }, shape: [8, 8], layout: .checksummed(shape: [8, 8]))
        try file.root.write("text", "contract")
        let whole = try file.image()
        for position in whole.indices {
            var bytes = whole
            bytes[position] ^= UInt8(1 << (position % 8))
            let damaged = try? File.open(image: bytes)
            _ = try? damaged?.root.dataset("x").read(as: Float.self)
            _ = try? damaged?.root.dataset("text").readStrings()
        }
    }

    @Test("nothing stays open after use, whether it went well or not")
    func openObjects() async {
        // In a process of its own, for the library counts what all tests have open together.
        await #expect(processExitsWith: .success) {
            do {
                let file = try File.create(inMemory: .latest)
                try file.root.createGroup("a").write("x", [1, 2, 3], shape: [3]).setAttribute("unit", "nats")
                try file.root.setSplits([SplitEntry(split: "train", source: "x", rows: 0..<3)])
                let again = try File.open(image: file.image())
                _ = try again.root.dataset("a/x").read(as: Int.self)
                _ = try again.root.splits()
                precondition(File.openObjectCount > 0, "expected open objects while a file is in use")
                _ = try again.root.dataset("a/nothing")
            } catch {}
            precondition(File.openObjectCount == 0, "expected no open object, got \(File.openObjectCount)")
        }
    }
}

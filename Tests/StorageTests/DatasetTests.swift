import Foundation
import Storage
import Testing

@Suite("Datasets on disk")
struct DatasetTests {
    private let pixels = (0..<60).map { UInt8($0 * 4) }

    @Test(
        "rows read the same through every layout",
        arguments: [
            Layout.contiguous, .chunked([2, 3, 4]), .chunked([2, 3, 4], fletcher32: true),
            .chunked([1, 3, 4], shuffle: true, gzip: 4),
        ])
    func layouts(layout: Layout) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.h5"
            try write(to: path, layout)
            let dataset = try File.open(path).root.dataset("features")
            #expect(dataset.layout == layout)
            #expect(dataset.elementType == .integer(bits: 8, signed: false))
            #expect(try dataset.read(as: UInt8.self) == pixels)
            #expect(try dataset.read(rows: 3..<5, as: UInt8.self) == Array(pixels[36...]))
            #expect(try dataset.read(rows: 2..<2, as: UInt8.self) == [])
            #expect(try dataset.read(rows: 0..<1, converting: Float.self) == pixels[..<12].map { Float($0) })
            let rows = try StoredElements(path: path, name: "features").contiguous
            #expect((rows == nil) == (layout.chunk != nil))
            guard let rows else { return }
            let lastAndFirst = Array(pixels[48...]) + Array(pixels[..<12])
            #expect(try rows.read(rows: [4, 0]) == lastAndFirst)
            #expect(try rows.read(rows: 1..<4) == Array(pixels[12..<48]))
        }
    }

    /// Writes the pixels as 5 rows of 3 × 4, in two pieces.
    private func write(to path: String, _ layout: Layout) throws {
        let file = try File.create(over: path)
        let dataset = try file.root.createDataset("features", of: UInt8.self, shape: [5, 3, 4], layout: layout)
        try dataset.write(Array(pixels[..<24]), rows: 0..<2)
        try dataset.write(Array(pixels[24...]), rows: 2..<5)
        try file.flush()
    }

    @Test("another type than asked for is refused with both names")
    func wrongType() throws {
        let file = try File.create(inMemory: .earliest, named: "a.h5")
        let dataset = try file.root.write("x", [1.5, 2.5] as [Double], shape: [2])
        let error = #expect(throws: H5Error.self) { try dataset.read(as: Float.self) }
        #expect(error?.description == "cannot read the dataset /x of a.h5: expected float32, got float64")
        #expect(try dataset.read(converting: Float.self) == [1.5, 2.5])
        #expect(throws: H5Error.self) { try file.root.write("t", "text").read(converting: Float.self) }
        #expect(throws: H5Error.self) { try dataset.readStrings() }
    }

    @Test("a flipped bit in a checksummed chunk is noticed")
    func fletcher() throws {
        let file = try File.create(inMemory: .latest)
        let values = (0..<1000).map { Float($0) + 0.5 }
        try file.root.write("x", values, shape: [1000], layout: .checksummed(shape: [1000]))
        var bytes = try file.image()
        let pattern = withUnsafeBytes(of: values[500]) { Array($0) }
        let position = try #require(bytes.firstRange(of: pattern)?.lowerBound)
        bytes[position] ^= 1
        let damaged = try File.open(image: bytes)
        #expect(throws: H5Error.self) { try damaged.root.dataset("x").read(as: Float.self) }
    }

    @Test("a user block before an image is skipped and kept")
    func userBlock() throws {
        try withTemporaryFolder { folder in
            let file = try File.create(inMemory: .latest)
            try file.root.write("x", pixels, shape: [60])
            let bytes = UserBlock.prepend(Array("sha256".utf8), to: try file.image())
            #expect(try File.open(image: bytes).root.dataset("x").read(as: UInt8.self) == pixels)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/a.h5"))
            let dataset = try File.open("\(folder)/a.h5").root.dataset("x")
            #expect(try dataset.read(as: UInt8.self) == pixels)
            let rows = try StoredElements(path: "\(folder)/a.h5", name: "x").contiguous
            #expect(try rows?.read(rows: [59, 1]) == [pixels[59], pixels[1]])
            let (content, image) = try #require(UserBlock.split(bytes))
            #expect(Array(content.prefix(7)) == Array("sha256\0".utf8))
            #expect(try File.open(image: Array(image)).root.dataset("x").count == 60)
        }
    }

    @Test("Fuel's splits are read as written, subsets included")
    func splits() throws {
        let entries = [
            SplitEntry(split: "train", source: "features", rows: 0..<3),
            SplitEntry(split: "train", source: "targets", rows: 0..<3, available: false, comment: ""),
            SplitEntry(split: "hard", source: "features", rows: 1..<5, indices: "/subsets/hard"),
        ]
        let file = try File.create(inMemory: .earliest)
        try file.root.createGroup("subsets").write("hard", [1, 4], shape: [2])
        try file.root.setSplits(entries)
        #expect(try File.open(image: file.image()).root.splits() == entries)
        #expect(try file.root.group("subsets").splits() == nil)
    }
}

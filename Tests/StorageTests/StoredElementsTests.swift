import Foundation
import Testing

@testable import Storage

@Suite("Elements read past the library")
struct StoredElementsTests {
    private let values = (0..<7 * 5 * 6).map { Int32($0 * 7919 % 100_003) }

    private func withElements(_ layout: Layout, _ body: (StoredElements) throws -> Void) throws {
        try withTemporaryFolder { folder in
            do { try File.create(over: "\(folder)/a.h5").root.write("x", values, shape: [7, 5, 6], layout: layout) }
            try body(StoredElements(path: "\(folder)/a.h5", name: "x"))
        }
    }

    private static let layouts: [Layout] = [
        .contiguous, .chunked([3, 2, 4]), .chunked([7, 1, 6], gzip: 6), .chunked([2, 5, 6], shuffle: true, gzip: 1),
        .chunked([4, 3, 1], shuffle: true, gzip: 9, fletcher32: true), .chunked([1, 5, 6], fletcher32: true),
    ]

    @Test("rows along every axis are those that the library reads", arguments: layouts)
    func rows(layout: Layout) throws {
        try withElements(layout) { (elements: StoredElements) throws in
            #expect(elements.chunkCounts.written == elements.chunkCounts.all)
            // One byte for each element: the lowest.
            let low = { @Sendable (bytes: [UInt8]) in stride(from: 0, to: bytes.count, by: 4).map { bytes[$0] } }
            let expected = values.map { UInt8(truncatingIfNeeded: $0) }
            let found = try [
                elements.rows(2..<6, along: 0, low), elements.rows(1..<4, along: 1, low),
                elements.rows(3..<6, along: 2, low),
            ]
            var columns: [UInt8] = []
            for middle in 1..<4 {
                for first in 0..<7 { columns += expected[first * 30 + middle * 6..<first * 30 + middle * 6 + 6] }
            }
            var last: [UInt8] = []
            for column in 3..<6 { last += (0..<35).map { expected[$0 * 6 + column] } }
            #expect(found == [Array(expected[60..<180]), columns, last])
        }
    }

    @Test("all elements come once, without what chunks have beyond the end", arguments: layouts)
    func slabs(layout: Layout) throws {
        try withElements(layout) { (elements: StoredElements) throws in
            let all = Collected()
            try elements.forEachSlab(of: 0..<7, along: 0) { all.add(NumberFormat(.signed, bytes: 4).values(in: $0)) }
            #expect(all.sorted == values.map { Float($0) }.sorted())
        }
    }

    @Test(
        "of a range the elements come that lie in it, also where it begins and ends within chunks", arguments: layouts)
    func slabsOfARange(layout: Layout) throws {
        try withElements(layout) { (elements: StoredElements) throws in
            for (axis, range, places) in [
                (0, 2..<6, (60..<180).map { $0 }), (1, 1..<4, values.indices.filter { (1..<4).contains($0 / 6 % 5) }),
                (2, 5..<6, values.indices.filter { $0 % 6 == 5 }),
            ] {
                let found = Collected()
                try elements.forEachSlab(of: range, along: axis) {
                    found.add(NumberFormat(.signed, bytes: 4).values(in: $0))
                }
                #expect(found.sorted == places.map { Float(values[$0]) }.sorted(), "along \(axis)")
            }
        }
    }

    @Test("numbers of every kind and order of bytes")
    func formats() {
        let cases: [(NumberFormat, [UInt8], [Float])] = [
            (NumberFormat(.float, bytes: 2), [0x00, 0x3c, 0x01, 0x3c, 0x00, 0xb8], [1, 1.000_976_6, -0.5]),
            (NumberFormat(.float, bytes: 2, isBigEndian: true), [0x3c, 0x00], [1]),
            (NumberFormat(.float, bytes: 4), [0, 0, 0x80, 0x3f], [1]),
            (NumberFormat(.float, bytes: 8, isBigEndian: true), [0x3f, 0xf0, 0, 0, 0, 0, 0, 0], [1]),
            (NumberFormat(.unsigned, bytes: 2), [0xff, 0xff, 1, 0], [65535, 1]),
            (NumberFormat(.unsigned, bytes: 2, isBigEndian: true), [0, 1], [1]),
            (NumberFormat(.signed, bytes: 1), [0xff, 0x7f], [-1, 127]),
            (NumberFormat(.signed, bytes: 4), [0xfe, 0xff, 0xff, 0xff], [-2]),
            (NumberFormat(.unsigned, bytes: 8), [0, 1, 0, 0, 0, 0, 0, 0], [256]),
        ]
        for (format, bytes, expected) in cases { #expect(format.values(in: bytes) == expected, "\(format)") }
    }

    @Test("chunks that were never written are counted and found")
    func missingChunks() throws {
        try withTemporaryFolder { (folder: String) throws in
            do {
                let root = try File.create(over: "\(folder)/a.h5").root
                let sparse = try root.createDataset(
                    "x", of: UInt8.self, shape: [6, 4], layout: .chunked([2, 4], gzip: 1))
                try sparse.write([UInt8](repeating: 3, count: 8), rows: 2..<4)
                _ = try root.createDataset("y", of: UInt8.self, shape: [6, 4])
            }
            let elements = try StoredElements(path: "\(folder)/a.h5", name: "x")
            #expect(elements.chunkCounts == (1, 3))
            let written = try elements.slabs(of: 0..<6, along: 0).map { try elements.isWritten($0) }
            #expect(written == [false, true, false])
            let rows = try elements.rows(0..<6, along: 0) { $0 }
            #expect(rows == [0, 3, 0].flatMap { Array(repeating: UInt8($0), count: 8) })
            let none = try StoredElements(path: "\(folder)/a.h5", name: "y")
            #expect(none.chunkCounts == (0, 1))
        }
    }

    @Test(
        "a damaged chunk is an error, whatever the filter",
        arguments: layouts.filter { $0.filters != [] || $0.gzip != nil })
    func damage(layout: Layout) throws {
        let chunk = [UInt8](0..<96)
        let filters: [ChunkFilter] = [.shuffle(elementBytes: 4), .fletcher32]
        let sum = ChunkFilter.fletcher32(chunk)
        let ends: [UInt8] = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: sum >> $0) }
        let sealed = chunk + ends
        #expect(filters.undo(sealed, count: 96, skipped: 0) != nil)
        for place in sealed.indices {
            var damaged = sealed
            damaged[place] ^= 4
            #expect(filters.undo(damaged, count: 96, skipped: 0) == nil)
        }
        #expect([ChunkFilter.gzip(level: 1)].undo(chunk, count: 96, skipped: 0) == nil)
        #expect([ChunkFilter.gzip(level: 1)].undo(chunk, count: 96, skipped: 1) == chunk)
        #expect([ChunkFilter.lzf].undo([31], count: 32, skipped: 0) == nil)
    }

    @Test("LZF: literals, copies that reach into themselves, and every way to be cut")
    func lzf() {
        // Two literals, then ten bytes from a distance of two, then nine from a distance of one in the long form.
        let stream: [UInt8] = [1, 65, 66, 7 << 5, 1, 1, 7 << 5, 0, 0]
        let expected = Array("ABABABABABAB".utf8) + Array(repeating: 66, count: 9)
        #expect(LZF.decompress(stream, count: 21) == expected)
        for count in 0..<stream.count { #expect(LZF.decompress(Array(stream[..<count]), count: 21) == nil) }
        for count in [0, 20, 22] { #expect(LZF.decompress(stream, count: count) == nil) }
        #expect(LZF.decompress([32, 5], count: 3) == nil)
    }
}

/// Values from several threads.
private final class Collected: @unchecked Sendable {
    // Sendable, since the lock guards the only variable.
    private let lock = NSLock()
    private var values: [Float] = []

    func add(_ more: [Float]) { lock.withLock { values += more } }

    var sorted: [Float] { lock.withLock { values.sorted() } }
}

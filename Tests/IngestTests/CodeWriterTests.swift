import Archives
import Files
import Foundation
import Pictures
import Storage
import Testing

@testable import Ingest

@Suite("Files of codes")
struct CodeWriterTests {
    private let table = CodeTable(
        columns: [CodeTable.Column("mean", width: 2), CodeTable.Column("log_variance", width: 1)],
        splits: ["train", "train", "test"], rows: [0, 1, 7], targetNames: ["Smiling", "a,\"b\""],
        targets: [1, 0, 0, 1, 1, 1])

    /// Writes three images in two pieces.
    private func write(_ table: CodeTable, to path: String, in folder: String) throws {
        let format = try #require(CodeFormat(path: path))
        let writer = try format.writer(UnfinishedFile(path), table, scratch: folder)
        try writer.append([[0.1, 2], [-1]])
        try writer.append([[3, 4, 1e-20, 6], [-2, -3]])
        try writer.finish()
    }

    @Test("HDF5 has a dataset for each column, and what is known of each image")
    func hdf5() throws {
        try withTemporaryFolder { folder in
            try write(table, to: "\(folder)/c.h5", in: folder)
            #expect(try names(in: folder) == ["c.h5"])
            let root = try File.open("\(folder)/c.h5").root
            #expect(try root.dataset("mean").shape == [3, 2])
            #expect(try root.dataset("mean").read(as: Float.self) == [0.1, 2, 3, 4, 1e-20, 6])
            #expect(try root.dataset("log_variance").read(as: Float.self) == [-1, -2, -3])
            #expect(try root.dataset("targets").read(as: Int32.self) == [1, 0, 0, 1, 1, 1])
            #expect(try root.dataset("targets").attributes("names") == table.targetNames)
            #expect(try root.dataset("split").texts() == table.splits)
            #expect(try root.dataset("row").read(converting: Int.self) == [0, 1, 7])
        }
    }

    @Test("names that are too many for an attribute are in a dataset")
    func manyNames() throws {
        try withTemporaryFolder { folder in
            let names = (0..<2000).map { "one of two thousand columns, number \($0)" }
            let table = CodeTable(
                columns: table.columns, splits: table.splits, rows: table.rows, targetNames: names,
                targets: [Double](repeating: 1, count: 6000))
            try write(table, to: "\(folder)/c.h5", in: folder)
            #expect(try File.open("\(folder)/c.h5").root.dataset("target_names").texts() == names)
        }
    }

    @Test("NumPy's arrays are those that `numpy.save` writes")
    func npz() throws {
        try withTemporaryFolder { folder in
            try write(table, to: "\(folder)/c.npz", in: folder)
            #expect(try names(in: folder) == ["c.npz"])
            let archive = try ZipArchive("\(folder)/c.npz")
            let arrays = try Dictionary(
                uniqueKeysWithValues: archive.members.map { ($0.name, try archive.contents(of: $0)) })
            #expect(
                arrays.keys.sorted()
                    == ["log_variance.npy", "mean.npy", "row.npy", "split.npy", "target_names.npy", "targets.npy"])
            // numpy.save of numpy.float32([[0.1, 2], [3, 4], [1e-20, 6]])
            let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"
            let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
            let numbers = littleEndian([Float(0.1), 2, 3, 4, 1e-20, 6].map(\.bitPattern))
            #expect(arrays["mean.npy"] == [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + numbers)
            let split = try #require(arrays["split.npy"])
            #expect(
                String(decoding: split, as: UTF8.self).contains("'descr': '<U5', 'fortran_order': False, 'shape': (3,)")
            )
            #expect(split.suffix(20) == littleEndian([UInt32]("test".unicodeScalars.map(\.value) + [0]))[...])
        }
    }

    @Test("text has names, then a line for each image; what is unknown is empty, and classes have their names")
    func csv() throws {
        try withTemporaryFolder { folder in
            try write(table, to: "\(folder)/c.csv", in: folder)
            #expect(
                try String(contentsOfFile: "\(folder)/c.csv", encoding: .utf8) == """
                    split,row,Smiling,"a,""b""\",mean_0,mean_1,log_variance_0
                    train,0,1,0,0.1,2.0,-1.0
                    train,1,0,1,3.0,4.0,-2.0
                    test,7,1,1,1e-20,6.0,-3.0

                    """)
            let classes = CodeTable(
                columns: table.columns, splits: table.splits, rows: table.rows, targetNames: ["label"],
                targets: [1, .nan, 0], classNames: ["cat", "dog"])
            try write(classes, to: "\(folder)/d.csv", in: folder)
            let lines = try String(contentsOfFile: "\(folder)/d.csv", encoding: .utf8).split(separator: "\n")
            #expect(
                lines[1...].map { $0.split(separator: ",", omittingEmptySubsequences: false)[2] } == ["dog", "", "cat"])
        }
    }

    @Test(
        "a field with a comma, a quote or the end of a line is in quotes, whatever comes behind that",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""),
            ("a\r\nb", "\"a\r\nb\""),
            ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("a,\u{301}b", "\"a,\u{301}b\""),
        ])
    func fields(text: String, field: String) {
        #expect(Array(CSVCodeWriter.quoted(text).utf8) == Array(field.utf8))
    }

    @Test("a picture of the data's shape is taken as it is, and a larger one covers it")
    func ownPictures() throws {
        try withTemporaryFolder { folder in
            let pixels = (0..<3 * 8 * 6).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let image = Image(planar: pixels, channels: 3, height: 8, width: 6)
            try PNG.encode(image).write(to: "\(folder)/me.png")
            let fitting = PictureFitting(ImageShape(channels: 3, height: 8, width: 6))
            #expect(try fitting.pixels(of: "\(folder)/me.png") == pixels)
            try PNG.encode(Image(width: 60, height: 40, color: [9, 8, 7])).write(to: "\(folder)/wide.png")
            #expect(
                try fitting.pixels(of: "\(folder)/wide.png")
                    == [9, 8, 7].flatMap { Array(repeating: UInt8($0), count: 48) })
            let grey = PictureFitting(ImageShape(channels: 1, height: 2, width: 2))
            #expect(try grey.pixels(of: "\(folder)/wide.png") == [8, 8, 8, 8])
            let row = PictureFitting(ImageShape(channels: 1, height: 2, width: 4))
            let wide = Image(width: 30, height: 2, channels: 1, pixels: (0..<60).map { UInt8($0 % 30) })
            #expect(
                try row.pixels(of: PNG.encode(wide), named: "wide") == [13, 14, 15, 16, 13, 14, 15, 16],
                "the middle stays")
            try "no picture".write(to: "\(folder)/me.jpg")
            #expect(throws: PictureError.self) { try fitting.pixels(of: "\(folder)/me.jpg") }
        }
    }
}

import Foundation
import Testing

@testable import Storage

@Suite("Files that h5py wrote", .enabled(if: RealData.isThere, "the folder of real data is not here"))
struct RealFileTests {
    @Test("a Fuel file gives its pixels and splits, and texts of variable lengths only where they are asked for")
    func fuel() throws {
        let root = try File.open("\(RealData.folder)/h5_layouts/fuel_celeba_64.hdf5").root
        let features = try root.dataset("features")
        #expect(features.shape == [240, 3, 64, 64])
        let error = #expect(throws: H5Error.self) { try features.attributes("DIMENSION_LABELS") }
        #expect(error?.description.contains("its texts have variable lengths") == true)
        #expect(try features.texts("DIMENSION_LABELS") == ["batch", "channel", "height", "width"])
        let entries = try #require(try root.splits())
        #expect(entries.filter { $0.source == "features" }.map(\.split) == ["train", "valid", "test"])
        #expect(entries.filter { $0.source == "features" }.map(\.rows) == [0..<160, 160..<200, 200..<240])
        #expect(entries.allSatisfy { $0.indices == nil && $0.available && $0.comment == "." })
        let elements = try StoredElements(path: features.fileName, name: "features")
        let random = try #require(elements.contiguous).read(rows: [200])
        #expect(try random == features.read(rows: 200..<201, as: UInt8.self))
    }

    @Test(
        "chunked, compressed and converted data reads",
        arguments: [
            ("biggan_imgs_labels.hdf5", "imgs", [160, 3, 64, 64], [0, 1]),
            ("nhwc_images_labels.h5", "images", [150, 64, 64, 3], [-1, 1]),
        ])
    func chunked(file: String, images: String, shape: [Int], labels: [Int]) throws {
        let root = try File.open("\(RealData.folder)/h5_layouts/\(file)").root
        #expect(try root.dataset(images).shape == shape)
        #expect(try Set(root.dataset(images).read(rows: 0..<10, as: UInt8.self)).count > 100)
        #expect(try Set(root.dataset("labels").read(converting: Int.self)).sorted() == labels)
    }

    @Test("h5py's LZF reads through the library, and chunk by chunk past it")
    func lzf() throws {
        let path = "\(RealData.folder)/h5_layouts/biggan_imgs_labels_lzf.hdf5"
        let images = try File.open(path).root.dataset("imgs")
        let all = try images.read(as: UInt8.self)
        #expect(Set(all).count > 200)
        #expect(try Set(File.open(path).root.dataset("labels").read(converting: Int.self)) == [0, 1])
        let elements = try StoredElements(path: path, name: "imgs")
        #expect(elements.layout.filters == [.lzf])
        let (rows, some) = (try elements.rows(0..<60, along: 0) { $0 }, try elements.rows(13..<47, along: 0) { $0 })
        #expect(rows == all)
        #expect(some == Array(all[13 * 12288..<47 * 12288]))
    }

    @Test("a filter that the library lacks is named")
    func missingFilter() throws {
        var bytes = try [UInt8](
            Data(contentsOf: URL(fileURLWithPath: "\(RealData.folder)/h5_layouts/biggan_imgs_labels_lzf.hdf5")))
        // The number 32000 before the length, the flags and the text `lzf` becomes 32015, Zstandard's.
        let name = Array("lzf".utf8)
        for place in bytes.indices.dropFirst(8).dropLast(3) where Array(bytes[place..<place + 3]) == name {
            if bytes[place - 8] == 0, bytes[place - 7] == 0x7d { bytes[place - 8] = 0x0f }
        }
        let file = try File.open(image: bytes, named: "a.h5")
        let error = #expect(throws: H5Error.self) { try file.root.dataset("imgs") }
        #expect(error?.description.contains("filter 32015 (lzf)") == true)
    }
}

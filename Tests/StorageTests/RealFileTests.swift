import Storage
import Testing

@Suite("Files that h5py wrote", .enabled(if: RealData.isThere, "the folder of real data is not here"))
struct RealFileTests {
    @Test("a Fuel file gives its pixels and splits, and texts of variable lengths are refused")
    func fuel() throws {
        let root = try File.open("\(RealData.folder)/h5_layouts/fuel_celeba_64.hdf5").root
        let features = try root.dataset("features")
        #expect(features.shape == [240, 3, 64, 64])
        let error = #expect(throws: H5Error.self) { try features.attributes("DIMENSION_LABELS") }
        #expect(error?.description.contains("its texts have variable lengths") == true)
        let entries = try #require(try root.splits())
        #expect(entries.filter { $0.source == "features" }.map(\.split) == ["train", "valid", "test"])
        #expect(entries.filter { $0.source == "features" }.map(\.rows) == [0..<160, 160..<200, 200..<240])
        #expect(entries.allSatisfy { $0.indices == nil && $0.available && $0.comment == "." })
        let random = try #require(try features.contiguousRows()).read(rows: [200])
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

    @Test("a filter that the library lacks is named")
    func missingFilter() throws {
        let file = try File.open("\(RealData.folder)/h5_layouts/biggan_imgs_labels_lzf.hdf5")
        let error = #expect(throws: H5Error.self) { try file.root.dataset("imgs") }
        #expect(error?.description.contains("filter 32000 (lzf)") == true)
    }
}

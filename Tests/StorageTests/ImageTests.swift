import Storage
import Testing

@Suite("Files in memory")
struct ImageTests {
    @Test("everything written into an image is read from its bytes")
    func roundTrip() throws {
        let values = (0..<24).map { Float($0) / 7 }
        let bytes = try written(values)
        let file = try File.open(image: bytes)
        #expect(try file.root.dataset("parameters/weight").read(as: Float.self) == values)
        #expect(try file.root.dataset("parameters/weight").shape == [4, 3, 2])
        #expect(try file.root.dataset("empty").read(as: Float.self) == [])
        #expect(try file.root.dataset("step").read(as: Int64.self) == [12_345_678_901])
        #expect(try file.root.dataset("contract").readStrings() == ["β = 1\nname: face-64"])
        #expect(try file.root.dataset("names").readStrings() == ["one", "", "drei"])
        #expect(try file.root.dataset("mask").read(converting: UInt8.self) == [1, 0, 1])
        let group = try file.root.group("parameters")
        #expect(try group.attribute("version", as: Int.self) == 3)
        #expect(try group.attribute("model") == "mlp")
        #expect(try group.attributes("axes") == ["batch", "channel"])
        #expect(try group.attributeNames() == ["axes", "model", "version"])
        #expect(try file.root.names() == ["contract", "empty", "mask", "names", "parameters", "step"])
        #expect(file.root.kind(of: "parameters/weight") == .dataset)
        #expect(file.root.kind(of: "parameters") == .group)
        #expect(file.root.kind(of: "nothing/there") == nil)
    }

    private func written(_ values: [Float]) throws -> [UInt8] {
        let file = try File.create(inMemory: .latest)
        let group = try file.root.createGroup("parameters")
        try group.write("weight", values, shape: [4, 3, 2], layout: .checksummed(shape: [4, 3, 2]))
        try group.setAttribute("version", 3)
        try group.setAttribute("model", "mlp")
        try group.setAttribute("axes", ["batch", "channel"])
        try file.root.write("empty", [Float](), shape: [0, 3], layout: .checksummed(shape: [0, 3]))
        try file.root.write("step", [12_345_678_901 as Int64], shape: [])
        try file.root.write("contract", "β = 1\nname: face-64")
        try file.root.write("names", ["one", "", "drei"], shape: [3])
        try file.root.write("mask", [true, false, true], shape: [3])
        return try file.image()
    }

    @Test("a missing file is one sentence with the system's own reason")
    func missing() throws {
        let error = #expect(throws: H5Error.self) { try File.open("/nowhere/faces.h5") }
        #expect(error?.description == "cannot open /nowhere/faces.h5: No such file or directory")
    }
}

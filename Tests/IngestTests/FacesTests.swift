import Files
import Foundation
import Storage
import Testing

@testable import Ingest

@Suite("Drawn faces")
struct FacesTests {
    private let synthesis = FaceSynthesis(count: 40, size: 32, seed: 7)

    @Test("a face is a function of seed and index, and of nothing else")
    func keyed() {
        #expect(synthesis.face(3) == FaceSynthesis(count: 99, size: 32, seed: 7).face(3))
        #expect(synthesis.face(3) != synthesis.face(4))
        #expect(synthesis.face(3) != FaceSynthesis(count: 40, size: 32, seed: 8).face(3))
    }

    @Test("pixels of one face never change")
    func pinned() {
        let pixels = synthesis.face(0).pixels
        let sum = pixels.enumerated().reduce(0) { ($0 + ($1.offset % 251 + 1) * Int($1.element)) % 1_000_003 }
        #expect(sum == 922_688)
    }

    @Test("each attribute is had by some faces and lacked by others")
    func attributesVary() {
        for attribute in FaceAttribute.allCases {
            let having = (0..<400).count { FaceTraits(seed: 1, index: $0).attributes.contains(attribute) }
            #expect(having > 20 && having < 300, "\(attribute.rawValue): \(having) of 400")
        }
    }

    @Test(
        "an attribute shows in the pixels",
        arguments: [
            (FaceAttribute.eyeglasses, 60), (.hat, 400), (.beard, 200), (.longHair, 200), (.smiling, 15),
            (.mouthOpen, 10),
        ])
    func attributesShow(attribute: FaceAttribute, leastPixels: Int) {
        var traits = FaceTraits(seed: 1, index: 4)
        traits.pose = .init(
            center: SIMD2(0, 0.05), radii: SIMD2(0.55, 0.72), taper: 0.2, yaw: 0, pitch: 0, roll: 0)
        let without = FaceDrawing(traits.having(attribute, false), size: 64).planarBytes
        let with = FaceDrawing(traits.having(attribute, true), size: 64).planarBytes
        let changed = zip(without, with).count { abs(Int($0) - Int($1)) > 12 }
        #expect(changed > leastPixels, "\(attribute.rawValue) changed \(changed) values")
    }

    @Test("a picture of another size shows the same face")
    func sizes() {
        let traits = FaceTraits(seed: 1, index: 11)
        let (small, large) = (FaceDrawing(traits, size: 32).planarBytes, FaceDrawing(traits, size: 64).planarBytes)
        let error = (0..<3 * 32 * 32).map { index in
            let (plane, row, column) = (index / 1024, index / 32 % 32, index % 32)
            let first = plane * 4096 + row * 128 + column * 2
            let mean = [0, 1, 64, 65].reduce(0) { $0 + Int(large[first + $1]) } / 4
            return abs(Int(small[index]) - mean)
        }
        let total: Int = error.reduce(0, +)
        #expect(total < 4 * error.count, "mean error \(total / error.count)")
    }

    @Test("the file has named attributes and splits of 80, 10 and 10 percent")
    func file() throws {
        try withTemporaryFolder { folder in
            try synthesis.write(to: UnfinishedFile("\(folder)/faces.h5"))
            let root = try File.open("\(folder)/faces.h5").root
            #expect(try root.dataset("features").shape == [40, 3, 32, 32])
            #expect(try root.dataset("targets").attributes("names") == FaceAttribute.allCases.map(\.rawValue))
            let splits = try #require(try root.splits())
            #expect(splits.filter { $0.source == "features" }.map(\.rows) == [0..<32, 32..<36, 36..<40])
            let pixels = try root.dataset("features").read(as: UInt8.self)
            #expect(Array(pixels[9 * 3072..<10 * 3072]) == synthesis.face(9).pixels)
            let targets = try root.dataset("targets").read(as: UInt8.self)
            #expect(Array(targets[9 * 8..<10 * 8]) == synthesis.face(9).targets)
        }
    }

    @Test("what cannot be drawn is refused in a sentence, and nothing is left", arguments: [(3, 64), (100, 4)])
    func refused(count: Int, size: Int) throws {
        try withTemporaryFolder { folder in
            #expect(throws: DataError.self) {
                try FaceSynthesis(count: count, size: size).write(to: UnfinishedFile("\(folder)/faces.h5"))
            }
            let left = try names(in: folder)
            #expect(left.isEmpty)
        }
    }
}

extension FaceTraits {
    /// The same face with an attribute or without, all else being equal.
    fileprivate func having(_ attribute: FaceAttribute, _ has: Bool) -> FaceTraits {
        var traits = self
        if has { traits.attributes.insert(attribute) } else { traits.attributes.remove(attribute) }
        switch attribute {
        case .smiling: traits.mouth.smile = has ? 0.8 : 0
        case .mouthOpen: traits.mouth.opening = has ? 0.8 : 0
        case .beard: traits.hair.beard = has ? 0.9 : 0
        default: break
        }
        return traits
    }
}

import Export
import Testing

struct SafeTensorsTests {
    private let pair = SafeTensors.Tensor(shape: [2], elements: .float32([1, 2]))

    /// The bytes that the format's own library writes.
    @Test func aTensorOfTwoNumbersIsTheseBytes() {
        let header = #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let expected: [UInt8] =
            [0x58, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0x20, 0x20, 0x20] + [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
        #expect(SafeTensors(tensors: ["b": pair], metadata: ["format": "pt"]).encoded == expected)
    }

    @Test func wideNumbersComeFirstThenNamesInTheOrderOfTheirBytes() {
        let counter = SafeTensors.Tensor(shape: [], elements: .int64([-2]))
        let file = SafeTensors(tensors: ["a": pair, "é": pair, "z": counter, "B": pair], metadata: [:]).encoded
        let header = String(decoding: file.dropFirst(8), as: UTF8.self)
        let places = ["\"z\":", "\"B\":", "\"a\":", "\"é\":"].map { header.firstRange(of: $0)!.lowerBound }
        #expect(places == places.sorted())
        #expect(header.contains(#""z":{"dtype":"I64","shape":[],"data_offsets":[0,8]}"#))
        #expect(file.suffix(32).prefix(8) == [0xfe, 255, 255, 255, 255, 255, 255, 255])
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let file = SafeTensors(
            tensors: [
                "a": pair, "n": .init(shape: [], elements: .int64([7])),
                "none": .init(shape: [0, 3], elements: .float32([])),
                // Begins where the one before begins, whatever their names.
                "a0": .init(shape: [0], elements: .float32([])), "zz": .init(shape: [2, 0], elements: .float32([])),
            ],
            metadata: ["format": "pt", "text": "\"quoted\" é\n"])
        #expect(try SafeTensors(file.encoded, file: "f") == file)
    }

    /// One and a half, and minus two, in every width.
    @Test(arguments: [
        ("F16", [0x00, 0x3e, 0x00, 0xc0] as [UInt8]), ("BF16", [0xc0, 0x3f, 0x00, 0xc0]),
        ("F32", [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]),
        ("F64", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]),
    ])
    func floatsOfAnyWidthAreRead(_ type: String, _ bytes: [UInt8]) throws {
        let file = Self.file(#"{"a":{"dtype":"\#(type)","shape":[2],"data_offsets":[0,\#(bytes.count)]}}"#, bytes)
        #expect(try SafeTensors(file, file: "f").tensors["a"]?.elements == .float32([1.5, -2]))
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,80]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":1}"#, "[]", "{", "",
    ])
    func whatTheFormatDoesNotAllowIsRefused(_ header: String) {
        #expect(throws: SafeTensorsError.self) {
            try SafeTensors(Self.file(header, [UInt8](repeating: 0, count: 8)), file: "f")
        }
    }

    @Test func aFileThatIsCutAnywhereIsRefused() {
        let whole = SafeTensors(tensors: ["a": pair], metadata: [:]).encoded
        for count in whole.indices {
            #expect(throws: SafeTensorsError.self) { try SafeTensors(Array(whole.prefix(count)), file: "f") }
        }
        #expect(throws: SafeTensorsError.self) { try SafeTensors(whole + [0], file: "f") }
        #expect(throws: SafeTensorsError.self) { try SafeTensors([UInt8](repeating: 0, count: 8), file: "f") }
    }

    private static func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
        [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + data
    }
}

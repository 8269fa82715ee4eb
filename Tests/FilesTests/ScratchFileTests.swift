import Files
import Glibc
import Testing

@Suite struct ScratchFileTests {
    @Test func bytesAreReadFromWhereTheyWereWritten() throws {
        let file = try ScratchFile(bytes: 1 << 20, in: "/tmp", to: "unpack images of a.h5")
        try file.write(Array(10..<20), at: 100)
        try file.write([7, 8], at: 1 << 20)
        #expect(try file.read(3, at: [104, 100]) == [14, 15, 16, 10, 11, 12])
        #expect(try file.read(2, at: [1 << 20]) == [7, 8])
        #expect(try file.read(2, at: [50]) == [0, 0], "what was never written is zero")
        let error = #expect(throws: FileError.self) { try file.read(4, at: [1 << 20]) }
        #expect(error?.description.contains("temporary file") == true)
    }

    @Test func tooLittleRoomIsASentence() throws {
        let error = #expect(throws: FileError.self) {
            _ = try ScratchFile(bytes: 1 << 60, in: "/tmp", to: "unpack images of a.h5")
        }
        let sentence = error?.description ?? ""
        #expect(sentence.hasPrefix("cannot unpack images of a.h5: that takes 1152921504607 MB, and "), "\(sentence)")
        #expect(sentence.hasSuffix("TMPDIR=/large/disk"), "\(sentence)")
    }

    @Test func itLiesBesideWhatIsWrittenUnlessTheUserNamesAFolder() async {
        await #expect(processExitsWith: .success) {
            unsetenv("TMPDIR")
            precondition(ScratchFile.folder(beside: "/tmp/no/such/run") == "/tmp")
            precondition(ScratchFile.folder(beside: "a.h5") == ".")
            precondition(ScratchFile.folder(beside: nil) == "/var/tmp")
            setenv("TMPDIR", "/large/disk", 1)
            precondition(ScratchFile.folder(beside: "runs/a.h5") == "/large/disk")
        }
    }
}

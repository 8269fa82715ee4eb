import Foundation
import Testing

@testable import Cluster
@testable import Coordination

@Suite struct EpochFileTests {
    @Test func countsUpFromOneAndRefusesWhatIsNoNumber() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let file = EpochFile(directory: cluster.folder)
        let run = try #require(RunIdentifier("0123456789abcdef0123456789abcdef"))
        #expect(try file.read() == EpochFile.Entry(epoch: 0, run: nil))
        #expect(try file.advance(run) == 1)
        #expect(try file.advance(run) == 2)
        #expect(try file.read() == EpochFile.Entry(epoch: 2, run: run))
        let path = cluster.folder + "/coordinator-epoch"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "2 0123456789abcdef0123456789abcdef\n")
        for text in ["", "2", "two\n", "-1\n", "18446744073709551615\n", "2 run\n", "2 \(run) 3\n"] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: EpochFileError.self) { try file.advance(run) }
            #expect(error?.description.hasPrefix("\(path) holds no number: write") == true)
        }
    }
}

import Foundation
import Testing

@testable import Cluster

@Suite struct EpochFileTests {
    @Test func countsUpFromOneAndRefusesWhatIsNoNumber() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let file = EpochFile(directory: cluster.folder)
        #expect(try file.advance() == 1)
        #expect(try file.advance() == 2)
        let path = cluster.folder + "/coordinator-epoch"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "2\n")
        for text in ["", "2", "two\n", "-1\n", "18446744073709551615\n"] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: EpochFileError.self) { try file.advance() }
            #expect(error?.description.hasPrefix("\(path) holds no number: write") == true)
        }
    }
}

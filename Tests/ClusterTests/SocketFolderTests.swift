import Foundation
import Testing

@testable import Cluster

@Suite struct SocketFolderTests {
    @Test func theNextOneRemovesWhatAKilledProcessLeftAndNothingElse() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let files = FileManager.default
        func names() throws -> [String] { try files.contentsOfDirectory(atPath: cluster.folder).sorted() }
        for name in ["tributary-sockets-dead", "tributary-sockets-other", "tributary-else"] {
            try files.createDirectory(atPath: "\(cluster.folder)/\(name)", withIntermediateDirectories: false)
        }
        for name in ["dead/run", "dead/run-bulk", "dead/lock", "other/holiday.jpg"] {
            #expect(files.createFile(atPath: "\(cluster.folder)/tributary-sockets-\(name)", contents: nil))
        }
        let link = cluster.folder + "/tributary-sockets-link"
        try files.createSymbolicLink(atPath: link, withDestinationPath: "tributary-else")
        let living = try SocketFolder(in: cluster.folder)
        let own = String(living.address.dropFirst("ipc://\(cluster.folder)/".count).dropLast("/run".count))
        let others = ["tributary-else", "tributary-sockets-link", "tributary-sockets-other"]
        #expect(try names() == (others + [own]).sorted())
        do {
            let second = try SocketFolder(in: cluster.folder)
            #expect(try names().count == 5 && names().contains(own))
            withExtendedLifetime(second) {}
        }
        withExtendedLifetime(living) {}
        #expect(try names() == (others + [own]).sorted())
    }
}

import Coordination
import FaultyNetwork
import Foundation
import Messaging
import Synchronization
import Testing

@testable import Cluster

/// Where a worker looks for its coordinator.
@Suite struct AddressTests {
    @Test func allAddressesOfANameAreTriedInTurn() throws {
        let lookUps = Mutex(0)
        var book = AddressBook(try Endpoint("tcp://node1:7077")) { lookUps.withLock { $0 += 1 } }
        let found = try ["tcp://[::1]:7077", "tcp://10.0.0.1:7077", "tcp://10.0.0.2:7077"].map { try Endpoint($0) }
        for lookUp in 1...3 {
            #expect(book.next() == nil && book.next() == nil, "until the name is known")
            #expect(lookUps.withLock { $0 } == lookUp)
            book.take(found)
            for address in found { #expect(book.next() == address) }
        }
    }

    @Test(arguments: ["tcp://10.0.0.1:7077", "tcp://[fe80::1%lo]:7077", "ipc:///tmp/x"])
    func numbersAndPathsAreNotLookedUp(_ text: String) throws {
        let endpoint = try Endpoint(text)
        var book = AddressBook(endpoint) { Issue.record("\(text) was looked up") }
        #expect(book.next() == endpoint && book.next() == endpoint)
        #expect(try endpoint.addresses() == [endpoint])
    }

    @Test func theNameOfThisMachineHasAnAddress() throws {
        let addresses = try Endpoint("tcp://localhost:7077").addresses()
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { $0.isLocal && !$0.hasName && $0.description.hasSuffix(":7077") }, "\(addresses)")
    }

    /// The control link speaks to the bulk link's port. Nobody is gone, since nobody came.
    @Test func aWorkerAtTheSecondPortIsToldTheFirst() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let port = LoopbackPort.free()
        cluster.port = port
        var mistaken = cluster
        mistaken.port = port + 1
        let interruption = Interruption()
        let recorder = Recorder()
        let coordinator = try CoordinatorProcess(
            cluster.options, reporter: recorder, log: TestCluster.quiet, interruption: interruption)
        let lost = BackgroundWorker(mistaken)
        Thread {
            lost.join()
            interruption.request("the test")
        }.start()
        _ = try coordinator.run()
        let outcome = try #require(lost.join())
        #expect(
            outcome.end == .refused && outcome.sentence.contains("connect to the first, which is one lower"),
            "\(outcome)")
        #expect(!recorder.all.contains { if case .workerLeft = $0 { true } else { false } }, "\(recorder.all)")
    }

    /// A lost segment or two hold a handshake up for seconds. A worker that stopped to say *attach* meanwhile would never be in.
    @Test func aBulkLinkWhoseHandshakeTakesManyHeartbeatsComesInAllTheSame() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 2
        (cluster.timing.abandonment, cluster.timing.patience) = (.seconds(1200), .seconds(1200))
        let port = LoopbackPort.free()
        let near = LoopbackPort.free()
        cluster.port = port
        var behindLinks = cluster
        behindLinks.port = near
        let links = try [FaultyLink(from: near, to: port), FaultyLink(from: near + 1, to: port + 1)]
        defer { for link in links { link.close() } }
        links[1].slowBeginnings(bytes: 100, pause: .milliseconds(20))
        let coordinator = try CoordinatorProcess(
            cluster.options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        let worker = BackgroundWorker(behindLinks)
        #expect(try coordinator.run().reason == .completed)
        #expect(worker.join()?.end == .finished)
    }
}

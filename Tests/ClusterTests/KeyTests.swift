import Coordination
import FaultyNetwork
import Files
import Foundation
import Logging
import Messaging
import Tensors
import Testing

@testable import Cluster

@Suite struct KeyTests {
    @Test func linesMayEndAsOnWindows() throws {
        try withFolder { parent in
            try KeyFolder(parent + "/keys").create()
            let bytes = try KeyFolder(parent + "/keys").allowList().text
            let text = String(decoding: bytes, as: UTF8.self).replacing("\n", with: "\r\n")
            #expect(try AllowList(Array(text.utf8), path: "list").text == bytes)
        }
    }

    @Test func aNewFolderServesACoordinatorAndOneWorkerAndIsReadByItsOwnerOnly() throws {
        try withFolder { parent in
            let folder = parent + "/keys"
            try KeyFolder(folder).create()
            let worker = try WorkerKeys(folder: folder + "/workers/local")
            let coordinator = try CoordinatorKeys(folder: folder)
            #expect(worker.coordinator == coordinator.key.publicKey)
            #expect(try KeyFolder(folder).allowList().names == [worker.key.publicKey: "local"])
            for (path, mode) in [
                ("", 0o700), ("/coordinator.key", 0o600), ("/workers", 0o700), ("/workers/local", 0o700),
                ("/workers/local/worker.key", 0o600),
            ] {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder + path)
                #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
            }
            #expect(throws: KeyFolderError.exists(folder)) { try KeyFolder(folder).create() }
        }
    }

    @Test func aWorkersFolderHoldsNothingOfTheCoordinatorsButItsPublicKey() throws {
        try withFolder { folder in
            try KeyFolder(folder).create()
            let names = try PosixFileSystem().names(in: folder + "/workers/local")
            #expect(names == ["worker.key"])
            let text = try String(contentsOfFile: folder + "/workers/local/worker.key", encoding: .utf8)
            #expect(try !text.contains(CoordinatorKeys(folder: folder).key.exposed))
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o644])
    func aSecretThatOthersReachIsRefusedInOneSentence(_ mode: Int) throws {
        try withFolder { folder in
            try KeyFolder(folder).create()
            for path in ["/coordinator.key", "/workers/local/worker.key"] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + path)
            }
            let error = #expect(throws: SecretFileExposed.self) { try CoordinatorKeys(folder: folder) }
            #expect(error?.description.contains("run chmod 600 \(folder)/coordinator.key") == true)
            #expect(throws: SecretFileExposed.self) { try WorkerKeys(folder: folder + "/workers/local") }
        }
    }

    @Test func namesAreAddedAndRevoked() throws {
        try withFolder { folder in
            let keys = KeyFolder(folder)
            try keys.create()
            try keys.add("node1")
            #expect(throws: KeyFolderError.taken("node1", in: folder)) { try keys.add("node1") }
            try keys.revoke("node1")
            #expect(!FileManager.default.fileExists(atPath: keys.workerPath("node1")))
            #expect(throws: KeyFolderError.self) { try keys.revoke("node1") }
            try keys.add("node1")
            #expect(try Set(keys.allowList().names.values) == ["local", "node1"])
        }
    }

    @Test func keysReplaceNothing() throws {
        try withFolder { folder in
            let files = PosixFileSystem()
            for name in ["mine", "allowed-workers"] {
                try files.createDurably(folder + "/" + name, [1])
                #expect(throws: KeyFolderError.notEmpty(folder)) { try KeyFolder(folder).create() }
                #expect(try files.names(in: folder) == [name])
                try files.remove(folder + "/" + name)
            }
            #expect(throws: FileError.self) { try KeyFolder(folder).revoke("node1") }
            #expect(try files.names(in: folder) == [])

            let keys = KeyFolder(folder)
            try keys.create()
            try files.createDirectory(keys.workerPath("node1"))
            let (key, note) = (keys.workerPath("node1") + "/worker.key", keys.workerPath("node1") + "/note")
            try files.createDurably(key, [1])
            #expect(throws: KeyFolderError.inTheWay(keys.workerPath("node1"))) { try keys.add("node1") }
            #expect(try files.read(key) == [1] && keys.allowList().names.count == 1)
            try files.remove(key)
            try files.createDurably(note, [2])
            try keys.add("node1")
            try keys.revoke("node1")
            #expect(try files.names(in: keys.workerPath("node1")) == ["note"], "what others put there stays")
        }
    }

    @Test(arguments: ["", ".", "..", "../x", "a/b", "-x", "a b", "a\n", "é", String(repeating: "a", count: 65)])
    func aNameThatIsNoPlainWordIsRefused(_ name: String) throws {
        try withFolder { folder in
            try KeyFolder(folder).create()
            #expect(throws: KeyFolderError.name(name)) { try KeyFolder(folder).add(name) }
            #expect(try PosixFileSystem().names(in: folder + "/workers") == ["local"])
        }
    }

    @Test func theWrongFolderIsNamed() throws {
        try withFolder { folder in
            #expect(throws: KeyFolderError.missing(folder)) { try CoordinatorKeys(folder: folder) }
            #expect(throws: KeyFolderError.missingOfWorker(folder)) { try WorkerKeys(folder: folder) }
            try KeyFolder(folder).create()
            let worker = folder + "/workers/local"
            #expect(throws: KeyFolderError.isCoordinators(folder)) { try WorkerKeys(folder: folder) }
            #expect(throws: KeyFolderError.isWorkers(worker)) { try CoordinatorKeys(folder: worker) }
        }
    }

    @Test(arguments: [
        "node1", "node1 short", "node1 a b", "a/b KEY", "node1 KEY\nnode1 OTHER", "node1 KEY\nnode2 KEY",
    ])
    func aListThatIsNoneIsRefused(_ text: String) throws {
        let keys = try (0..<2).map { _ in try KeyPair.random().publicKey.description }
        let text = text.replacingOccurrences(of: "KEY", with: keys[0]).replacingOccurrences(of: "OTHER", with: keys[1])
        #expect(throws: KeyFileError.self) { try AllowList(Array(text.utf8), path: "allowed-workers") }
    }

    @Test func whereTheListCannotBeReadNobodyNewComesIn() throws {
        try withFolder { folder in
            let keys = folder + "/keys"
            try KeyFolder(keys).create()
            let key = try WorkerKeys(folder: keys + "/workers/local").key.publicKey
            let gate = try Gate(.keys(try CoordinatorKeys(folder: keys)), in: Context(), log: TestCluster.quiet)
            #expect(gate.admits(key))
            try "nonsense".write(toFile: keys + "/allowed-workers", atomically: true, encoding: .utf8)
            #expect(!gate.admits(key))
            #expect(gate.takeRevoked() == [])
            try KeyFolder(keys + "-2").create()
            try FileManager.default.removeItem(atPath: keys + "/allowed-workers")
            #expect(!gate.admits(key))
            try FileManager.default.copyItem(
                atPath: keys + "-2/allowed-workers", toPath: keys + "/allowed-workers")
            #expect(!gate.admits(key))
            #expect(gate.admits(try WorkerKeys(folder: keys + "-2/workers/local").key.publicKey))
        }
    }

    // MARK: - Both links

    /// Everything that leaves a socket is counted, before anything of it is decoded.
    @Test(arguments: Intruder.allCases)
    func whoIsNotAllowedIsNotHeardOnEitherLink(_ intruder: Intruder) throws {
        try withFolder { folder in
            let bench = try Bench(folder)
            let guest = try bench.guest(intruder)
            let link = try bench.worker(guest, identity: [9])
            var refused = false
            for _ in 0..<240_000 where !refused {
                #expect(try link.control.send(Message([6])) == .full)
                #expect(try link.bulk.send(Message([6])) == .full)
                #expect(try bench.arrivals() == 0)
                refused = try link.control.nextConnectionFailure() != nil
            }
            #expect(refused)
            let friend = try bench.worker(
                .keys(try WorkerKeys(folder: folder + "/keys/workers/local")), identity: [1])
            for socket in [0, 1] {
                while try (socket == 0 ? friend.control.send(Message([5])) : friend.bulk.send(Message([5]))) != .sent {
                    try bench.wait()
                }
            }
            var heard = 0
            while heard < 2 {
                heard += try bench.arrivals()
                try bench.wait()
            }
            #expect(bench.names == ["local", "local"])
        }
    }

    enum Intruder: CaseIterable {
        case withoutKeys
        case withUnknownKey
        case withRevokedKey
        case ofAnotherCoordinator
    }

    /// A coordinator's two sockets and its gate.
    private final class Bench {
        private let folder: String
        private let endpoint: Endpoint
        private let gate: Gate
        private let link: Link
        private let doorbell: Doorbell
        /// Of everybody whose message came out of a socket.
        private(set) var names: [String?] = []

        init(_ folder: String) throws {
            try KeyFolder(folder + "/keys").create()
            self.folder = folder
            endpoint = try Endpoint("tcp://127.0.0.1:\(LoopbackPort.free())")
            let context = try Context()
            gate = try Gate(
                .keys(try CoordinatorKeys(folder: folder + "/keys")), in: context, log: TestCluster.quiet)
            link = try Link.listening(on: endpoint, in: context, security: gate.socketSecurity)
            doorbell = try Doorbell()
        }

        func guest(_ intruder: Intruder) throws -> LinkSecurity<WorkerKeys> {
            let good = try WorkerKeys(folder: folder + "/keys/workers/local")
            switch intruder {
            case .withoutKeys: return .insecure
            case .withUnknownKey:
                return .keys(WorkerKeys(name: "local", key: try KeyPair.random(), coordinator: good.coordinator))
            case .withRevokedKey:
                try KeyFolder(folder + "/keys").add("past")
                let keys = try WorkerKeys(folder: folder + "/keys/workers/past")
                try KeyFolder(folder + "/keys").revoke("past")
                return .keys(keys)
            case .ofAnotherCoordinator:
                let other = try KeyPair.random().publicKey
                return .keys(WorkerKeys(name: "local", key: good.key, coordinator: other))
            }
        }

        func worker(_ security: LinkSecurity<WorkerKeys>, identity: [UInt8]) throws -> Link {
            try Link.connecting(to: endpoint, as: identity, in: Context(), security: security.ofClient)
        }

        func wait() throws {
            _ = try Poller.wait(
                control: link.control, bulk: link.bulk, doorbell: doorbell, atMost: .milliseconds(5))
        }

        func arrivals() throws -> Int {
            try wait()
            let before = names.count
            while let arrival = try Arrival.next(on: link.control) { names.append(gate.peer(arrival)?.provenName) }
            while let arrival = try Arrival.next(on: link.bulk) { names.append(gate.peer(arrival)?.provenName) }
            return names.count - before
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}

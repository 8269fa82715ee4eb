import ArgumentParser
import Cluster
import ConfigurationFiles
import Files
import Foundation
import Launching

struct LaunchSSH: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Coordinates here, and starts a worker on each host of a list through ssh.",
        discussion: """
            Example, with a file `hosts` of lines such as "alice@node1 8 /opt/tributary":
              tributary launch ssh hosts -- --preset face-64 --data faces.h5 \\
                --out runs/faces

            A line is a host as ssh finds it, its threads, and its tributary; `localhost` is this machine, without ssh. Keys are \
            made where there are none, and each host gets its own. ssh must ask for nothing: a key without a passphrase, or \
            an agent. Ports, users and jump hosts are the business of ~/.ssh/config.

            Training itself does not go through ssh: the hosts connect to this machine, to --port and the port after it, and to \
            each other, to the port after that.

            \(ExitCode.ofRuns)
            """)

    @Argument(help: "The list of hosts.", completion: .file()) var hosts: String
    @Option(help: "This machine's name or address, as the hosts reach it (default: what `hostname -f` says).")
    var host: String?
    @Option(help: "The first of two ports of this machine; at the third all hosts let each other in.") var port = 7077
    @Option(help: "The folder of keys; made where there is none.", completion: .directory) var keys = "keys"
    @OptionGroup var launched: LaunchedRun

    func validate() throws {
        guard (1...65533).contains(port) else { throw ValidationError("--port is from 1 to 65533, not \(port)") }
    }

    func run() throws {
        let coordinator = try launched.coordinator(listen: "tcp://0.0.0.0:\(port)", keys: keys)
        let list = try HostList(
            String(decoding: try PosixFileSystem().read(hosts), as: UTF8.self), path: hosts)
        let name = try host ?? Self.ownName()
        try makeKeys(for: list.hosts)
        let workers = zip(list.hosts, list.doors(from: port + 2, thisMachine: name)).map {
            HostWorker($0, connectingTo: "tcp://\(name):\(port)", port: port, keys: keys, door: $1)
        }
        defer { HostWorker.finishOutput(of: workers) }
        try coordinator.run(starting: workers.map(\.process))
    }

    private func makeKeys(for hosts: [ListedHost]) throws {
        let folder = KeyFolder(keys)
        if !folder.exists { try folder.create() }
        for name in Set(hosts.map(\.keyName)).sorted() where !folder.hasWorker(name) { try folder.add(name) }
    }

    private static func ownName() throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["hostname", "-f"]
        process.standardOutput = output
        try process.start()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let name = text.split(whereSeparator: \.isWhitespace).first.map(String.init)
        guard process.terminationStatus == 0, let name else {
            throw UsageProblem("this machine does not know its name: say with --host how the hosts reach it")
        }
        return name
    }
}

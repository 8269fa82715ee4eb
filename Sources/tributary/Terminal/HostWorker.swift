import Cluster
import Foundation
import Launching

/// A worker on a host of a list, whose lines are shown after the host's name.
struct HostWorker {
    /// Not started yet.
    let process = Process()
    private let output = Pipe()
    private let isShown = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - address: The coordinator's, for hosts behind ssh; this machine uses its own loopback.
    ///   - keys: The coordinator's folder.
    ///   - door: Where other workers reach it.
    init(_ host: ListedHost, connectingTo address: String, port: Int, keys: String, door: ListedHost.Door) {
        let address = host.isThisMachine ? "tcp://127.0.0.1:\(port)" : address
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let folder = KeyFolder(keys).workerPath(host.keyName)
        process.arguments = ["-c", host.line(connectingTo: address, keys: folder, door: door)]
        // The terminal there is no terminal here: no colours, no line that is written again.
        process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "dumb"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (output, output)
        show(LabelledLines(host.name))
    }

    private func show(_ lines: LabelledLines) {
        let isShown = isShown
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if !data.isEmpty { return lines.take(data) }
            handle.readabilityHandler = nil
            lines.end()
            isShown.signal()
        }
    }

    /// Waits until all is shown that ended workers have said; no longer than 2 s, since what they left behind may hold their pipes.
    static func finishOutput(of workers: [HostWorker]) {
        let limit = DispatchTime.now() + .seconds(2)
        for worker in workers {
            try? worker.output.fileHandleForWriting.close()
            _ = worker.isShown.wait(timeout: limit)
        }
    }
}

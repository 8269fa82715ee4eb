import Cluster
import Files
import Logging

extension ServiceManager {
    /// Hears of a worker: that it is alive, and in its status the last line of its log.
    func watch(_ options: inout WorkerOptions, _ log: inout Logger) {
        hearsOfInterruptions()
        options.pulse = { tell(.alive) }
        log.handler = MultiplexLogHandler([log.handler, StatusLog(manager: self)])
        tell(.ready, .status("connects to \(options.connect)"))
    }

    /// From a request to end on, the manager waits for what the process still has to save and to say.
    func hearsOfInterruptions() {
        Interruption.signals.listen { tell(.stopping, .status("ending because of \($0)")) }
    }
}

/// Has the last line of a log stand in the manager's status.
private struct StatusLog: LogHandler {
    let manager: ServiceManager
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { manager.tell(.status("\(event.message)".printableLine)) }
}

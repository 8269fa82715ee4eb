import Files
import Foundation
import Testing

/// What a service manager such as systemd is told.
@Suite(.enabled(if: CommandProcess.isBuilt, "the tributary command is not built"))
struct ServiceTests {
    /// One manager has a path, the other a name that is in no file system.
    @Test func aCoordinatorAndAWorkerTellThatTheyAreReadyAliveAndEnding() throws {
        let runs = try CommandRuns()
        let security = try runs.encrypted()
        let manager = try NotifySocket("@\(runs.folder)")
        let coordinator = try manager.start(
            ["coordinator"] + runs.arguments("linear", runs.newDirectory(), steps: CommandRuns.endless)
                + security.coordinator)
        try manager.wait(for: "READY=1")
        // Workers can connect by then: nobody else gets the port.
        let second = try CommandProcess(
            ["coordinator"] + runs.arguments("linear", runs.newDirectory(), steps: 1) + security.coordinator)
        #expect(second.wait() == 1 && second.text.contains("in use"), "\(second.text)")
        let other = try NotifySocket(runs.folder + "/notify")
        let worker = try other.start(["worker", "--threads", "1"] + security.worker)
        try other.wait(for: "STATUS=joined run ")
        try other.wait(for: "WATCHDOG=1")
        #expect(other.lines.first == "READY=1")
        #expect(other.lines[1] == "STATUS=connects to \(security.worker[1])")
        try manager.wait(for: "STATUS=epoch ")
        #expect(manager.lines.contains("WATCHDOG=1"))
        worker.signal(SIGTERM)
        try other.wait(for: "STOPPING=1")
        #expect(worker.wait() == 143)
        coordinator.signal(SIGTERM)
        try manager.wait(for: "STOPPING=1")
        #expect(manager.lines.last == "STATUS=ending because of SIGTERM")
        #expect(coordinator.wait() == 143)
    }

    /// Its workers are its own business.
    @Test func ofTrainOnlyTheCoordinatorTells() throws {
        let runs = try CommandRuns()
        let manager = try NotifySocket(runs.folder + "/notify")
        let training = try manager.start(
            ["train", "--workers", "2"] + runs.arguments("linear", runs.newDirectory(), steps: 20))
        try manager.wait(for: "STOPPING=1")
        #expect(training.wait() == 0, "\(training.text)")
        #expect(manager.lines.count { $0 == "READY=1" } == 1)
        #expect(!manager.lines.contains { $0.contains("connects to") })
    }

    @Test(arguments: ["", "relative", "/", "@", "/" + String(repeating: "x", count: 200), "/tmp/tributary-test-nobody"])
    func aManagerThatIsNotThereDisturbsNobody(_ name: String) throws {
        let runs = try CommandRuns()
        let training = try CommandProcess(
            "/usr/bin/env",
            ["NOTIFY_SOCKET=\(name)", CommandProcess.executable, "train", "--workers", "1"]
                + runs.arguments("linear", runs.newDirectory(), steps: 2))
        #expect(training.wait() == 0, "\(training.text)")
    }
}

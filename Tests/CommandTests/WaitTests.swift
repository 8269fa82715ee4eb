import Foundation
import Testing

@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct WaitTests {
    @Test func aCoordinatorWaitsForWorkersAsLongAsItIsTold() throws {
        let bench = try Workbench()
        let command = try Command(
            "coordinator", "--config", bench["model.yaml"], "--data", bench["faces.h5"], "--out", bench["run"],
            "--listen",
            "ipc://\(bench["socket"])", "--wait", "1s")
        #expect(command.sentence?.hasPrefix("the run is saved at step 0, since ") == true, "\(command.errors)")
    }
}

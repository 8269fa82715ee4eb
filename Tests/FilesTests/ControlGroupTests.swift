import Dispatch
import Foundation
import Parallel
import Synchronization
import Testing

@testable import Files

/// Limits as containers of several kinds show them to the processes in them.
@Suite struct ControlGroupTests {
    private func group(_ files: [String: String]) -> ControlGroup { ControlGroup { files[$0] } }

    @Test func aContainerOfVersionTwoIsTheRootThatItSees() {
        let found = group([
            "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "8589934592\n",
            "/sys/fs/cgroup/cpu.max": "250000 100000\n",
        ])
        #expect(found.memory == 8 << 30 && found.cores == 2.5)
    }

    /// Whoever is in a group is also in those around it.
    @Test func theNarrowestGroupCounts() {
        let found = group([
            "/proc/self/cgroup": "0::/user.slice/run.scope\n", "/sys/fs/cgroup/user.slice/memory.max": "1000000\n",
            "/sys/fs/cgroup/user.slice/run.scope/memory.max": "2000000\n",
            "/sys/fs/cgroup/user.slice/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/user.slice/run.scope/cpu.max": "50000 100000\n",
        ])
        #expect(found.memory == 1_000_000 && found.cores == 0.5)
    }

    @Test func versionOneHasAFolderForEachController() {
        let lines = "12:cpu,cpuacct:/docker/1f\n4:memory:/docker/1f\n0::/\n"
        let found = group([
            "/proc/self/cgroup": lines, "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes": "4294967296\n",
            "/sys/fs/cgroup/cpu,cpuacct/docker/1f/cpu.cfs_quota_us": "150000\n",
            "/sys/fs/cgroup/cpu,cpuacct/docker/1f/cpu.cfs_period_us": "100000\n",
        ])
        #expect(found.memory == 4 << 30 && found.cores == 1.5)
    }

    @Test(arguments: [
        [:],
        ["/proc/self/cgroup": "0::/a\n"],
        [
            "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "max\n",
            "/sys/fs/cgroup/cpu.max": "max 100000\n",
        ],
        [
            "/proc/self/cgroup": "3:memory:/\n2:cpu:/\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ],
        ["/proc/self/cgroup": "nonsense\n:::\n", "/sys/fs/cgroup/memory.max": "x", "/sys/fs/cgroup/cpu.max": "1"],
    ])
    func nothingThatIsWrittenLimitsNothing(files: [String: String]) {
        let found = group(files)
        #expect(found.memory == nil && found.cores == nil)
    }

    @Test func coresAreThoseOfTheMachineOrOfTheContainer() {
        func cores(_ quota: String) -> Int {
            Machine.cores(of: 8, in: group(["/proc/self/cgroup": "0::/", "/sys/fs/cgroup/cpu.max": quota]))
        }
        #expect(cores("max 100000") == 8)
        #expect(cores("400000 100000") == 4)
        #expect(cores("150000 100000") == 2)
        #expect(cores("1000 100000") == 1)
        #expect(cores("9900000 100000") == 8)
    }

    /// What `taskset -c` and batch systems do to a process.
    @Test func coresThatAThreadMayNotUseDoNotCount() throws {
        let core = try #require(Cores.available.last)
        let seen = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        Thread {
            Cores.stay(on: core)
            seen.withLock { $0 = [Machine.cores] }
            done.signal()
        }.start()
        try #require(done.wait(timeout: .now() + 1200) == .success)
        #expect(seen.withLock { $0 } == [1])
    }

    @Test func thisMachineHasSome() {
        #expect(Machine.memory > 1 << 28 && Machine.memory <= Int(ProcessInfo.processInfo.physicalMemory))
        #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(Machine.cores))
    }
}

import Foundation
import Parallel

/// What this machine, or the container on it, leaves to this process.
public enum Machine {
    /// Bytes of memory.
    public static var memory: Int {
        let all = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        return min(all, ControlGroup.current.memory ?? all)
    }

    /// Cores, one at least: those that `taskset`, a batch system or a container leaves to the calling thread, and of their time no more
    /// than the container's quota. Of a share of a core, the container's processes can use that much.
    public static var cores: Int { cores(of: allowedCores, in: .current) }

    private static var allowedCores: Int {
        let allowed = Cores.available.count
        return allowed > 0 ? allowed : ProcessInfo.processInfo.activeProcessorCount
    }

    static func cores(of all: Int, in group: ControlGroup) -> Int {
        guard let share = group.cores else { return all }
        return max(1, min(all, Int(min(share, 1e6).rounded(.up))))
    }
}

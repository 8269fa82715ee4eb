import CCores

/// The cores of this machine that a thread may use.
public enum Cores {
    /// The numbers of those that the calling thread may use: what the system, a container or `taskset` leaves to it.
    ///
    /// Empty where the machine has more than 1,024.
    public static var available: [Int] {
        let cores = tributary_cores()
        return (0..<Int(tributary_core_limit)).filter { tributary_has_core(cores, Int32($0)) }
    }

    /// One for each of so many threads where they take all cores; otherwise none, and the system is to place them.
    public static func forThreads(_ count: Int) -> [Int] {
        let cores = available
        return cores.count == count ? cores : []
    }

    /// Keeps the calling thread on a core from now on. Where the system does not let it, the system goes on placing it.
    public static func stay(on core: Int) {
        _ = tributary_stay_on_core(Int32(clamping: core))
    }
}

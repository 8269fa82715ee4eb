import Glibc

/// What a process may use, for one that opens files which nobody vouches for.
public enum ResourceLimits {
    /// Limits this process from now on: its memory, its processor time, and no core dumps. Beyond the memory allocations fail, beyond
    /// the time the process is ended by SIGXCPU.
    ///
    /// The C function is `setrlimit`.
    public static func restrict(memory bytes: Int, processorSeconds: Int) {
        for (resource, most, grace) in [(RLIMIT_AS, bytes, 0), (RLIMIT_CPU, processorSeconds, 5), (RLIMIT_CORE, 0, 0)] {
            // At the first limit of time SIGXCPU comes, at the second SIGKILL.
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most + grace))
            _ = unsafe setrlimit(Int32(bitPattern: resource.rawValue), &limit)
        }
    }
}

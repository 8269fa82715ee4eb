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

    /// Does something while this process can have only so much more memory, so that a library which is told to take more fails as it did
    /// in a process of its own under `restrict`. Nothing else may be going on here meanwhile.
    ///
    /// The C functions are `getrlimit` and `setrlimit`.
    public static func withMemory<Value>(atMost bytes: Int, _ body: () throws -> Value) rethrows -> Value {
        let resource = Int32(bitPattern: RLIMIT_AS.rawValue)
        var before = rlimit()
        guard unsafe getrlimit(resource, &before) == 0, let size = processSize() else { return try body() }
        var limit = rlimit(rlim_cur: min(before.rlim_cur, rlim_t(size + bytes)), rlim_max: before.rlim_max)
        _ = unsafe setrlimit(resource, &limit)
        defer { _ = unsafe setrlimit(resource, &before) }
        return try body()
    }

    /// The bytes that this process has of its address space, as `/proc` tells them.
    private static func processSize() -> Int? {
        guard let bytes = try? PosixFileSystem().read("/proc/self/statm") else { return nil }
        let pages = String(decoding: bytes, as: UTF8.self).split(separator: " ").first.flatMap { Int($0) }
        return pages.map { $0 * Int(getpagesize()) }
    }
}

import Glibc

/// How many files and connections this process may have open.
enum OpenFiles {
    /// As many as the system allows without asking an administrator, but no more than anybody here needs.
    ///
    /// The usual limit, 1,024, is fewer than workers there may be. The C functions are `getrlimit` and `setrlimit`.
    static let limit: Int = {
        let resource = Int32(bitPattern: RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        let wanted = max(limit.rlim_cur, min(limit.rlim_max, 16_384))
        limit.rlim_cur = wanted
        return unsafe setrlimit(resource, &limit) == 0 ? Int(clamping: wanted) : 1_024
    }()
}

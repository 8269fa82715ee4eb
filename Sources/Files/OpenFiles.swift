import Glibc

/// How many files and connections this process may have open.
public enum OpenFiles {
    /// As many as the system allows without asking an administrator, but no more than anybody here needs.
    ///
    /// The usual limit, 1,024, is fewer than workers there may be. The C functions are `getrlimit` and `setrlimit`.
    public static let limit: Int = {
        let resource = Int32(bitPattern: RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        let wanted = max(limit.rlim_cur, min(limit.rlim_max, 16_384))
        limit.rlim_cur = wanted
        return unsafe setrlimit(resource, &limit) == 0 ? Int(clamping: wanted) : 1_024
    }()

    /// Refuses to go on with fewer: libraries end the process where they find none left.
    public static func require(_ count: Int) throws(TooFewOpenFiles) {
        if limit < count { throw TooFewOpenFiles(allowed: limit, needed: count) }
    }
}

/// A process that may not have as many files open as it needs.
public struct TooFewOpenFiles: Error, Hashable, CustomStringConvertible {
    public let allowed: Int
    public let needed: Int

    public var description: String {
        "this process may have only \(allowed) files open and needs \(needed): raise the limit, for example with ulimit -n 4096"
    }
}

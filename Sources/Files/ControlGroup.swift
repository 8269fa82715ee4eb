/// What a container leaves to its processes: the limits of their control group and of those around it (Linux' cgroups, both versions).
///
/// Source: the kernel's `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/memory.rst`.
public struct ControlGroup: Sendable {
    /// The most memory, in bytes; nil where nothing limits it.
    public let memory: Int?
    /// How many cores' time; nil where nothing limits it.
    public let cores: Double?

    /// Whoever has limits of this process set them here.
    public static var current: ControlGroup {
        let files = PosixFileSystem()
        return ControlGroup { path in (try? files.read(path)).map { String(decoding: $0, as: UTF8.self) } }
    }

    /// - Parameter read: The text of a file; nil where it cannot be read, which limits nothing.
    init(_ read: (String) -> String?) {
        let memberships = (read("/proc/self/cgroup") ?? "").split(separator: "\n").compactMap(Membership.init)
        func values(_ controller: String, _ value: (_ folder: String) -> Double?) -> [Double] {
            memberships.filter { $0.has(controller) }.flatMap { $0.folders(of: controller) }.compactMap(value)
        }
        func number(_ path: String) -> Double? { read(path).flatMap { Self.numbers($0).first } }

        let memory = values("memory") { number($0 + "/memory.max") ?? number($0 + "/memory.limit_in_bytes") }
        let cores = values("cpu") { folder in
            let quota =
                read(folder + "/cpu.max").map(Self.numbers)
                ?? [number(folder + "/cpu.cfs_quota_us"), number(folder + "/cpu.cfs_period_us")].compactMap { $0 }
            return quota.count == 2 && quota[0] > 0 && quota[1] > 0 ? quota[0] / quota[1] : nil
        }
        // Version 1 says "nothing" with the largest number of pages.
        self.memory = memory.filter { $0 > 0 && $0 < 0x1p62 }.min().map { Int($0) }
        self.cores = cores.min()
    }

    /// The numbers of a line; none for "max", which is no limit.
    private static func numbers(_ text: String) -> [Double] {
        let words = text.split { $0 == " " || $0 == "\n" }
        return words.first == "max" ? [] : words.compactMap { Double($0) }
    }
}

/// A line of `/proc/self/cgroup`: "0::/a/b", or of version 1 "4:cpu,cpuacct:/a/b".
private struct Membership {
    private let controllers: [Substring]
    private let path: [Substring]

    init?(_ line: Substring) {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        controllers = parts[1].split(separator: ",")
        path = parts[2].split(separator: "/")
    }

    private var isUnified: Bool { controllers.isEmpty }

    func has(_ controller: String) -> Bool { isUnified || controllers.contains { $0 == controller } }

    /// The group's folder and those of the groups around it. In a container that sees no others, its own group is the root.
    func folders(of controller: String) -> [String] {
        let roots =
            isUnified
            ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
            : ["/sys/fs/cgroup/\(controller)", "/sys/fs/cgroup/\(controllers.joined(separator: ","))"]
        return roots.flatMap { root in
            (0...path.count).map { ([Substring(root)] + path.prefix($0)).joined(separator: "/") }
        }
    }
}

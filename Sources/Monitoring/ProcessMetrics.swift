import Files

/// What the system says of this process, under the names that all programs give it.
///
/// Source: proc(5), /proc/pid/stat; prometheus.io, "Writing client libraries", process metrics.
struct ProcessMetrics {
    private let files: any FileSystem

    init(files: any FileSystem = PosixFileSystem()) { self.files = files }

    /// Linux counts processor time in hundredths of a second, whatever the kernel's own tick is.
    private static let ticksPerSecond = 100.0

    var families: [MetricFamily] {
        let stat = Self.fields(ofStat: text("/proc/self/stat"))
        return [
            MetricFamily(
                "process_cpu_seconds_total", .counter, "Processor time of the coordinator's process, user and system.",
                stat.count > 14 ? (stat[11] + stat[12]) / Self.ticksPerSecond : nil),
            MetricFamily(
                "process_resident_memory_bytes", .gauge, "Memory of the coordinator's process that is in use.",
                residentKilobytes.map { $0 * 1024 }),
            MetricFamily(
                "process_open_fds", .gauge, "Files that it has open.",
                (try? files.names(in: "/proc/self/fd")).map { Double($0.count) }),
        ]
    }

    /// The numbers behind the program's name, which may hold anything; the third field of proc(5) is the first here.
    static func fields(ofStat text: String) -> [Double] {
        guard let end = text.lastIndex(of: ")") else { return [] }
        return text[end...].dropFirst(2).split(separator: " ").map { Double($0) ?? 0 }
    }

    private var residentKilobytes: Double? {
        text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            .flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Double($0) }
    }

    private func text(_ path: String) -> String {
        (try? files.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// What is asked of Slurm, and what is to run there.
public struct SlurmRequest: Equatable, Sendable {
    /// The job's name, which its logs bear: that of the run's directory, with `-` for what would need quotes.
    public let name: String
    /// Nodes that compute; of an elastic run, workers.
    public var nodes: Int
    /// Cores of each node, or worker.
    public var cores: Int
    /// As sbatch takes it, such as 4:00:00; nil for the partition's own limit.
    public var time: String?
    public var partition: String?
    /// Where an elastic run's workers are; nil for the same partition.
    public var workerPartition: String?
    /// Other options of sbatch, such as `account=vision`.
    public var options: [String]
    /// The program on the nodes.
    public var program: String
    /// The coordinator's folder of keys, which the first start makes.
    public var keys: String
    /// What the coordinator is told: all but where it listens, its keys, and `--resume`.
    public var run: [String]

    /// - Parameters:
    ///   - directory: The run's.
    ///   - run: What the coordinator is told; `--resume` and nothing else is left out of it.
    public init(
        directory: String, nodes: Int, cores: Int, time: String? = nil, partition: String? = nil,
        workerPartition: String? = nil, options: [String] = [], program: String, keys: String, run: [String]
    ) {
        name = Self.name(of: directory)
        self.nodes = nodes
        self.cores = cores
        self.time = time
        self.partition = partition
        self.workerPartition = workerPartition
        self.options = options.map { String($0.drop { $0 == "-" }) }
        self.program = program
        self.keys = keys
        self.run = run.filter { $0 != "--resume" }
    }

    private static func name(of directory: String) -> String {
        let last = directory.split(separator: "/").last ?? ""
        let name = String(last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" })
        return name.isEmpty || [".", ".."].contains(name) ? "tributary" : name
    }

    /// Whether sbatch takes it for a time: minutes, M:S, H:M:S, D-H, D-H:M or D-H:M:S.
    public static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2}/) != nil
    }

    /// Whether it can stand in a script's line for sbatch: one line, whose words before `=` are a name.
    public static func isOption(_ text: String) -> Bool {
        text.wholeMatch(of: /-{0,2}[a-z][a-z-]*(=\P{Cc}+)?/) != nil
    }

    /// What an option of sbatch sets: `time` of `--time=1:00`.
    public static func name(ofOption text: String) -> String {
        String(text.drop { $0 == "-" }.prefix { $0 != "=" })
    }

    /// Whether it names partitions, separated by commas.
    public static func isPartition(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9_.,-]+/) != nil }
}

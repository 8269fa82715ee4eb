import Training

/// What a page may see of a run: its name, its checkpoints, its measurements and some examples. Whoever makes it says where those are;
/// nothing that a page sends names a file.
public struct ExploredRun: Sendable {
    public let name: String
    /// The steps that there are checkpoints of, ascending.
    public let steps: @Sendable () throws -> [Int]
    /// Reads the checkpoint of a step.
    public let read: @Sendable (Int) throws -> Checkpoint
    /// The path of `metrics.jsonl`; nil where there is none.
    public let metrics: String?
    public let examples: Examples?
    /// The pixels that a model takes, (C, H, W), of the bytes of a picture file, as images were made when they were imported.
    public let fit: @Sendable ([UInt8]) throws -> [UInt8]
    /// What goes on in the run; nil where nobody here can tell.
    public let activity: (@Sendable () -> RunActivity)?

    /// Images to begin from.
    public struct Examples: Sendable {
        public let source: any ExampleSource
        public let split: Split

        public init(_ source: some ExampleSource, _ split: Split) {
            self.source = source
            self.split = split
        }

        var count: Int { source.count(split) }
    }

    public init(
        name: String, steps: @escaping @Sendable () throws -> [Int],
        read: @escaping @Sendable (Int) throws -> Checkpoint,
        metrics: String?, examples: Examples?, fit: @escaping @Sendable ([UInt8]) throws -> [UInt8],
        activity: (@Sendable () -> RunActivity)? = nil
    ) {
        self.name = name
        self.steps = steps
        self.read = read
        self.metrics = metrics
        self.examples = examples
        self.fit = fit
        self.activity = activity
    }
}

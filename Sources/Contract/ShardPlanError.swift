/// Why a training split cannot be cut into shards as asked.
public enum ShardPlanError: Error, Hashable, CustomStringConvertible {
    case shardsNotPowerOfTwo(Int)
    case microbatchOutOfRange(Int)
    case tooManyExamples(Int)
    case tooFewExamples(examples: Int, shards: Int, microbatch: Int)
    case labelledRows(Int, microbatch: Int)
    case labelledExamples(Int, examples: Int, shards: Int)

    public var description: String {
        switch self {
        case .shardsNotPowerOfTwo(let shards):
            "the number of shards must be a power of two up to 65536, not \(shards)"
        case .microbatchOutOfRange(let microbatch):
            "a microbatch has between 1 and 1048576 examples, not \(microbatch)"
        case .tooManyExamples(let examples):
            "the training split has \(examples) examples, and at most \(UInt32.max) can be numbered"
        case .tooFewExamples(let examples, let shards, let microbatch):
            "the training split has \(examples) examples, fewer than one step of \(shards) shards with \(microbatch) each "
                + "(\(shards * microbatch)) takes: use fewer shards, a smaller microbatch or more data"
        case .labelledRows(let rows, let microbatch):
            "a microbatch of \(microbatch) cannot have \(rows) labelled rows: it has at least one, and at least one without a label"
        case .labelledExamples(let count, let examples, let shards):
            "\(count) labelled images of \(examples) are not a choice that gives each of \(shards) shards some, and leaves it others: "
                + "label at least as many as there are shards"
        }
    }
}

import ArgumentParser

/// What is done to a run.
enum Fault: String, CaseIterable, ExpressibleByArgument, Encodable {
    /// A worker is killed with -9, and another started at once.
    case kill
    /// A worker is stopped and continued some seconds later.
    case freeze
    /// A worker is asked to leave (SIGTERM), and another started unless there are more than enough.
    case leave
    /// One more worker is started.
    case join
    /// The connections of a worker stay open and carry nothing any more.
    case halfOpen = "half-open"
    /// The connections of a worker become slow for a while.
    case throttle
    /// The coordinator is killed with -9 and started again.
    case coordinator
    /// The coordinator can write no more; it must end with a sentence, and is started again.
    case diskFull = "disk-full"

    /// Whether it befalls a worker only.
    var isWorkers: Bool { self != .coordinator && self != .diskFull }
}

/// The faults of a run in their order: every kind once in a while, shuffled.
struct FaultSchedule {
    private let kinds: [Fault]
    private var waiting: [Fault] = []

    init(_ kinds: [Fault]) { self.kinds = kinds }

    mutating func next(using generator: inout SeededGenerator) -> Fault {
        if waiting.isEmpty { waiting = kinds.shuffled(using: &generator) }
        return waiting.removeLast()
    }
}

import Contract

/// Fields that both directions share.
extension WireFields {
    /// Texts of names and sentences, in bytes.
    static let sentenceLimit = 4_096

    mutating func write(_ round: Round) {
        writer.write(round.kind.rawValue)
        write(count: round.step)
    }

    mutating func readRound() throws(WireError) -> Round {
        guard let kind = Round.Kind(rawValue: try reader.read(UInt8.self)) else { throw .invalid("kind of round") }
        // No step beyond those that a plan can number: what is in a microbatch is worked out from it.
        return Round(step: try reader.readCount(atMost: ShardPlan.mostSteps), kind: kind)
    }

    mutating func write(_ split: PixelSplit) {
        writer.write(split.rawValue)
    }

    mutating func readSplit() throws(WireError) -> PixelSplit {
        guard let split = PixelSplit(rawValue: try reader.read(UInt8.self)) else { throw .invalid("split") }
        return split
    }

    mutating func write(_ fate: RunFate) {
        writer.write(fate.rawValue)
    }

    mutating func readFate() throws(WireError) -> RunFate {
        guard let fate = RunFate(rawValue: try reader.read(UInt8.self)) else { throw .invalid("fate of the run") }
        return fate
    }

    /// Writes a number of bytes, nodes or the like in 64 bits.
    mutating func write(count: Int) {
        writer.write(UInt64(count))
    }

    mutating func readCount() throws(WireError) -> Int {
        try reader.readCount()
    }

    /// Writes a duration in microseconds. (As a quotient of durations it would be a floating-point number, and not always the same.)
    mutating func write(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        write(count: Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
    }

    mutating func readDuration() throws(WireError) -> Duration {
        .microseconds(try readCount())
    }

    /// Writes a text, cut where the reader would refuse it.
    mutating func write(sentence: String) {
        writer.write(Self.cut(sentence))
    }

    mutating func readSentence() throws(WireError) -> String {
        try reader.readText(atMost: Self.sentenceLimit)
    }

    private static func cut(_ sentence: String) -> String {
        var text = Substring(sentence)
        while text.utf8.count > sentenceLimit { text = text.prefix(min(text.count - 1, sentenceLimit)) }
        return String(text)
    }
}

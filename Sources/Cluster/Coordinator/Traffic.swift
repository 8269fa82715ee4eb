/// What went over a coordinator's bulk link, counted; headers are not, only what they announce.
public struct Traffic: Hashable, Sendable {
    /// Bytes of parameters and running statistics that left.
    public var parameterBytes = 0
    /// In so many messages.
    public var parameterMessages = 0
    /// Bytes of pixels that left.
    public var pixelBytes = 0
    /// Bytes of partials that came.
    public var partialBytes = 0
    /// In so many messages.
    public var partialMessages = 0

    public init() {}

    mutating func count(parameters bytes: Int) {
        parameterBytes += bytes
        parameterMessages += 1
    }

    mutating func count(partials bytes: Int) {
        partialBytes += bytes
        partialMessages += 1
    }

    static func - (later: Traffic, earlier: Traffic) -> Traffic {
        var difference = later
        difference.parameterBytes -= earlier.parameterBytes
        difference.parameterMessages -= earlier.parameterMessages
        difference.pixelBytes -= earlier.pixelBytes
        difference.partialBytes -= earlier.partialBytes
        difference.partialMessages -= earlier.partialMessages
        return difference
    }
}

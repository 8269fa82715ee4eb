/// A chunk of a step's parameters that some duties pass on.
public struct PassedParameters: Sendable, Hashable {
    public var step: Int
    public var duties: UInt64
    /// The chunk's place and length, in bytes.
    public var offset: Int
    public var bytes: Int

    public init(step: Int, duties: UInt64, offset: Int, bytes: Int) {
        self.step = step
        self.duties = duties
        self.offset = offset
        self.bytes = bytes
    }
}

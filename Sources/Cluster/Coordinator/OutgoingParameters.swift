import Messaging
import Training

/// A step's parameters and running statistics as bytes that all workers' messages share.
struct OutgoingParameters {
    private var step: Int
    private var bytes: SharedBytes

    init(_ state: ModelState) {
        step = state.step
        bytes = Self.bytes(of: state)
    }

    /// Takes over the parameters of the state's step, unless they are here already.
    mutating func update(_ state: ModelState) {
        guard step != state.step else { return }
        step = state.step
        bytes = Self.bytes(of: state)
    }

    func chunk(_ range: Range<Int>) -> Message {
        Message(sharing: bytes, range)
    }

    private static func bytes(of state: ModelState) -> SharedBytes {
        SharedBytes(floats: state.parameters, state.statistics)
    }
}

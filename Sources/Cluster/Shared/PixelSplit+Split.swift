import Coordination
import Training

extension PixelSplit {
    /// The same in Training's words.
    var split: Split { self == .training ? .train : .valid }
}

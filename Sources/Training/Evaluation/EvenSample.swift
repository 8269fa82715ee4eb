extension Array {
    /// So many elements at most, spread evenly over all: files often lie class by class.
    public func evenly(atMost most: Int) -> [Element] {
        let wanted = Swift.min(most, count)
        return wanted == count ? self : (0..<wanted).map { self[$0 * count / wanted] }
    }
}

extension Image {
    /// Each pixel as a square of so many pixels a side.
    public func magnified(by factor: Int) -> Image {
        guard factor > 1 else { return self }
        var large = Image(width: width * factor, height: height * factor, color: Array(repeating: 0, count: channels))
        for y in 0..<large.height {
            for x in 0..<large.width {
                for channel in 0..<channels { large[x, y, channel] = self[x / factor, y / factor, channel] }
            }
        }
        return large
    }
}

import Contract

/// A file's tree, and in which line each of its parts is.
struct YAMLDocument {
    /// What sentences call the file.
    let file: String
    let node: ConfigurationNode
    /// By path; the whole has no line.
    let lines: [String: Int]

    /// The line of a path, or of the nearest part of the file around it: what an alias stands for has no line of its own, nor has a key that is
    /// missing.
    func line(of path: String) -> Int? {
        var place: String? = path
        while let current = place {
            if let line = lines[current] { return line }
            place = ConfigurationPath.parent(of: current)
        }
        return nil
    }
}

/// Paths of values in a configuration, such as `model.encoder[0].convolution`.
enum ConfigurationPath {
    static func key(_ name: String, below path: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    static func element(_ index: Int, of path: String) -> String { "\(path)[\(index)]" }

    /// The path without its last key or element; nil for the whole.
    static func parent(of path: String) -> String? {
        guard !path.isEmpty else { return nil }
        return path.lastIndex { $0 == "." || $0 == "[" }.map { String(path[..<$0]) } ?? ""
    }

    /// The path of a place in a model, which is written `encoder/2/linear`.
    static func place(inModel place: String) -> String {
        let parts = place.split(separator: "/").map(String.init)
        let start = parts.first == "objective" ? "" : "model"
        return parts.reduce(start) { path, part in Int(part).map { element($0, of: path) } ?? key(part, below: path) }
    }
}

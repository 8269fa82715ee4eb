/// Files that systems and programs leave beside what somebody collected.
enum IgnoredNames {
    /// Whether a path of components is of that kind: hidden, or one of the names that are known.
    static func contains(_ components: [Substring]) -> Bool {
        components.contains { $0.hasPrefix(".") || names.contains(String($0)) }
    }

    private static let names: Set = ["__MACOSX", "Thumbs.db", "desktop.ini", "ehthumbs.db"]
}

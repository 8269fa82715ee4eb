import Files

/// `quarantine` in the run directory: the workers that computed wrongly in this run, a name and a sentence in each line.
package struct QuarantineFile {
    private let path: String
    private let files: any FileSystem

    package init(directory: String, files: any FileSystem = PosixFileSystem()) {
        path = directory + "/quarantine"
        self.files = files
    }

    /// The sentence for each name; empty where there is no file.
    func read() throws(FileError) -> [String: String] {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(path)
        } catch {
            if error.isNotFound { return [:] }
            throw error
        }
        let rows = String(decoding: bytes, as: UTF8.self).split { $0 == "\n" || $0 == "\r\n" }.map { line in
            line.split(separator: "\t", maxSplits: 1).map(String.init)
        }
        return Dictionary(rows.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    /// Adds a name and forces it to the disk.
    package func add(_ name: String, _ sentence: String) throws(FileError) {
        var rows = try read()
        rows[name] = sentence
        let text = rows.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined()
        try files.replaceDurably(path, Array(text.utf8))
    }
}

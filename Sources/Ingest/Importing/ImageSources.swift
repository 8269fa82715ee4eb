import Archives

/// All kinds of sources, and how one is chosen.
enum ImageSources {
    static let all: [any ImageSource.Type] = [
        CelebASource.self, MNISTSource.self, MNISTPickleSource.self, CIFARSource.self, NumPySource.self,
        MATLABSource.self, CSVSource.self, LMDBSource.self, TFRecordSource.self, TorchSource.self, FolderSource.self,
    ]

    /// The kind of some files.
    ///
    /// - Throws: One sentence where none fits, or several do.
    static func choose(_ files: SourceFiles) throws -> (any ImageSource.Type, String) {
        if let kind = files.kind { return try choose(files, as: kind) }
        try requireImportable(files)
        let found = try all.compactMap { source in try source.recognise(files).map { (source, $0) } }
        let certain = found.filter(\.1.isCertain)
        let candidates = certain.isEmpty ? found : certain
        guard let (source, recognition) = candidates.first else { throw nothing(in: files) }
        guard candidates.count == 1 else {
            let readings = candidates.map { "\($0.1.what) (--as \($0.0.names[0]))" }
            throw DataError(files.shown, "may be \(readings.joined(separator: " or ")): say which")
        }
        return (source, recognition.what)
    }

    private static func choose(_ files: SourceFiles, as kind: String) throws -> (any ImageSource.Type, String) {
        let sources = all.filter { $0.names.contains(kind) }
        precondition(!sources.isEmpty, "expected one of \(names), got \(kind)")
        for source in sources {
            if let recognition = try source.recognise(files) { return (source, recognition.what) }
        }
        return (sources[0], "a source for --as \(kind)")
    }

    /// What `--as` may say.
    static var names: [String] {
        all.flatMap { $0.names }.reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }

    /// Names what is no source but looks like one.
    private static func requireImportable(_ files: SourceFiles) throws {
        if files.tree.kind == .file, let entry = files.tree.entries.first {
            let start = try files.tree.read(entry, atMost: 8)
            if start == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] {
                throw DataError(
                    files.path,
                    "is an HDF5 file, which trains as it is: give it to --data, or write Tributary's own layout with `tributary data convert`"
                )
            }
        }
        if let table = files.tree.entries.first(where: { $0.ending == "parquet" }) {
            throw DataError(
                files.tree.place(of: table),
                "is a Parquet file, which is not read: docs/data.md has the lines of pyarrow that make a folder of pictures"
            )
        }
    }

    private static func nothing(in files: SourceFiles) -> DataError {
        if let file = files.tree.entries.first(where: { ["h5", "hdf5"].contains($0.ending) }) {
            return DataError(
                files.tree.place(of: file), "is an HDF5 file by its name, which trains as it is: give it to --data")
        }
        guard let entry = files.tree.entries.first else {
            return DataError(files.shown, "holds no files: name the folder or archive with the images")
        }
        let count = files.tree.entries.count
        let example =
            files.tree.kind == .file
            ? "" : count == 1 ? "; its only file is \(entry.path)" : "; the first of \(count) files is \(entry.path)"
        return DataError(
            files.shown,
            "holds no images that are known\(example). `tributary help data import` lists what can be imported")
    }
}

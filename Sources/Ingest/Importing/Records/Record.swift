import Storage

/// One record of a source in which images lie one behind the other: a value of a database, or an example of TensorFlow's.
struct Record {
    /// What errors call it.
    let place: String
    let image: RecordImage
    var label = RecordLabel.none
}

/// What a record holds.
enum RecordImage {
    /// A picture file.
    case picture([UInt8])
    /// The numbers of one image, the last axis the fastest.
    case numbers(NumberFormat, shape: [Int], bytes: [UInt8])
    /// Something else, in words that follow "is": `a pickle of Python`.
    case other(String)
}

/// What a record says about its image.
enum RecordLabel {
    case none
    case numbers([Int32])
    case text(String)
}

/// A file of records.
struct RecordFile {
    /// The split that its name tells.
    let split: String?
    /// What errors call it.
    let place: String
    /// Begins to read: a function that gives the next record, and nil behind the last.
    let open: () throws -> () throws -> Record?
}

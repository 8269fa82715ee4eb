import CMatio

/// A MATLAB file of level 5 or 7.3, through libmatio, which crashes on some files: open it in a process of its own first.
@safe public final class MatrixFile {
    /// One array of numbers.
    public struct Variable: Hashable, Sendable {
        public let name: String
        /// The extents; the first axis varies fastest in memory.
        public let extents: [Int]
        public let element: Element

        /// The number of bytes.
        public var size: Int { extents.reduce(element.size, *) }

        /// The number of its elements.
        public var count: Int { extents.reduce(1, *) }
    }

    /// How a number is stored, in the machine's own byte order.
    public enum Element: String, Sendable {
        case int8, uint8, int16, uint16, int32, uint32, int64, uint64, single, double

        public var size: Int {
            switch self {
            case .int8, .uint8: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .single: 4
            case .int64, .uint64, .double: 8
            }
        }
    }

    /// The largest array that is read, in bytes: it is in memory as a whole.
    public static let sizeLimit = 1 << 31

    /// How many arrays are looked at: more would be no image set, and a damaged file may repeat itself for ever.
    static let arrayLimit = 1_000

    public let path: String
    /// The arrays of real numbers, in the order of the file.
    public let variables: [Variable]
    /// The names of what else is there: texts, cells, structures, sparse and complex arrays.
    public let others: [String]

    private let file: OpaquePointer
    private let stored: StoredCounts

    /// Opens a file and lists what it holds. The C functions are `Mat_Open` and `Mat_VarReadNextInfo`.
    ///
    /// - Throws: `MatrixError` for what is no MATLAB file.
    public init(_ path: String) throws(MatrixError) {
        guard let file = unsafe Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
            throw MatrixError(place: path, reason: "is not a whole MATLAB file of level 5 or 7.3")
        }
        self.path = path
        unsafe self.file = file
        var (variables, others) = ([Variable](), [String]())
        while variables.count + others.count < Self.arrayLimit, let info = unsafe Mat_VarReadNextInfo(file) {
            let name = unsafe info.pointee.name.map { unsafe String(cString: $0) } ?? ""
            if let variable = unsafe Self.variable(info.pointee, name) {
                variables.append(variable)
            } else {
                others.append(name)
            }
            unsafe Mat_VarFree(info)
        }
        (self.variables, self.others) = (variables, others)
        stored = StoredCounts(path)
    }

    deinit { unsafe _ = Mat_Close(file) }

    /// The bytes of an array, the first axis fastest. The C functions are `Mat_VarReadInfo` and `Mat_VarReadDataAll`.
    ///
    /// - Throws: `MatrixError` where the array is too large, cut short or corrupt.
    public func read(_ variable: Variable) throws(MatrixError) -> [UInt8] {
        let place = "\(variable.name) in \(path)"
        guard variable.size <= Self.sizeLimit else {
            throw MatrixError(place: place, reason: "has \(variable.size) bytes, more than \(Self.sizeLimit)")
        }
        let held = stored.counts[variable.name] ?? variable.count
        guard held == variable.count else {
            throw MatrixError(
                place: place, reason: "says that it has \(variable.count) numbers, and the file holds \(held)")
        }
        guard let info = unsafe Mat_VarReadInfo(file, variable.name) else {
            throw MatrixError(place: place, reason: "cannot be found again")
        }
        defer { unsafe Mat_VarFree(info) }
        guard unsafe Self.variable(info.pointee, variable.name) == variable,
            unsafe Mat_VarReadDataAll(file, info) == 0, let data = unsafe info.pointee.data,
            unsafe info.pointee.nbytes == variable.size
        else { throw MatrixError(place: place, reason: "is cut short or corrupt") }
        return unsafe Array(UnsafeRawBufferPointer(start: data, count: variable.size))
    }

    private static func variable(_ info: matvar_t, _ name: String) -> Variable? {
        guard let element = element(unsafe info.class_type), unsafe info.isComplex == 0,
            unsafe (1...8).contains(info.rank), let dimensions = unsafe info.dims
        else { return nil }
        var (extents, size) = ([Int](), element.size)
        for axis in 0..<Int(unsafe info.rank) {
            guard let extent = unsafe Int(exactly: dimensions[axis]), extent > 0 else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            extents.append(extent)
            size = product
        }
        return Variable(name: name, extents: extents, element: element)
    }

    private static func element(_ kind: matio_classes) -> Element? {
        switch kind {
        case MAT_C_INT8: .int8
        case MAT_C_UINT8: .uint8
        case MAT_C_INT16: .int16
        case MAT_C_UINT16: .uint16
        case MAT_C_INT32: .int32
        case MAT_C_UINT32: .uint32
        case MAT_C_INT64: .int64
        case MAT_C_UINT64: .uint64
        case MAT_C_SINGLE: .single
        case MAT_C_DOUBLE: .double
        default: nil
        }
    }
}

/// A file that cannot be read as the matrices it should be.
public struct MatrixError: Error, Hashable, CustomStringConvertible {
    /// The path of the file, and the name of the array where it is about one.
    public let place: String

    /// What is wrong with it, in words that follow the place.
    public let reason: String

    public var description: String { "\(place) \(reason)" }
}

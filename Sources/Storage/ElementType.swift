import CHDF5

/// What one element of a dataset or an attribute is, whatever its byte order.
public enum ElementType: Hashable, Sendable, CustomStringConvertible {
    case integer(bits: Int, signed: Bool)
    case float(bits: Int)
    /// h5py's bool: an enumeration over one byte, FALSE = 0 and TRUE = 1.
    case bool
    /// A text; the length in bytes is nil where every text has its own.
    case string(length: Int?)
    case other(String)

    public var description: String {
        switch self {
        case .integer(let bits, let signed): signed ? "int\(bits)" : "uint\(bits)"
        case .float(let bits): "float\(bits)"
        case .bool: "bool"
        case .string(let length): length.map { "string of \($0) bytes" } ?? "string"
        case .other(let name): name
        }
    }

    /// Reads the type behind an identifier. The C functions are `H5Tget_class`, `H5Tget_size` and `H5Tget_sign`.
    init(_ type: hid_t) {
        let bytes = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_INTEGER: self = .integer(bits: 8 * bytes, signed: H5Tget_sign(type) == H5T_SGN_2)
        case H5T_FLOAT: self = .float(bits: 8 * bytes)
        case H5T_STRING: self = .string(length: H5Tis_variable_str(type) > 0 ? nil : bytes)
        case H5T_ENUM where bytes == 1 && H5Tget_nmembers(type) == 2: self = .bool
        case H5T_ENUM: self = .other("enumeration")
        case H5T_COMPOUND: self = .other("compound")
        case H5T_REFERENCE: self = .other("reference")
        case H5T_VLEN: self = .other("variable-length sequence")
        case H5T_ARRAY: self = .other("array")
        case H5T_OPAQUE: self = .other("opaque")
        default: self = .other("unknown type")
        }
    }

    /// Whether the library converts it to and from other numbers.
    public var isNumber: Bool {
        switch self {
        case .integer, .float: true
        case .bool, .string, .other: false
        }
    }
}

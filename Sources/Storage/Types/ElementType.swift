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

    /// Bytes of which only the number is known.
    public static let opaque = ElementType.other("opaque")

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
    ///
    /// A file describes its numbers bit by bit. Only those are numbers that every machine has, for the library believes the rest
    /// when it converts.
    init(_ type: hid_t) {
        let bytes = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_INTEGER where !fillsItsBytes(type): self = .other("unusual integer")
        case H5T_FLOAT where !isOfIEEE(type): self = .other("unusual float")
        case H5T_ENUM where !isUsualEnumeration(type): self = .other("unusual enumeration")
        case H5T_INTEGER: self = .integer(bits: 8 * bytes, signed: H5Tget_sign(type) == H5T_SGN_2)
        case H5T_FLOAT: self = .float(bits: 8 * bytes)
        case H5T_STRING: self = .string(length: H5Tis_variable_str(type) > 0 ? nil : bytes)
        case H5T_ENUM where bytes == 1 && H5Tget_nmembers(type) == 2: self = .bool
        case H5T_ENUM: self = .other("enumeration")
        case H5T_COMPOUND: self = .other("compound")
        case H5T_REFERENCE: self = .other("reference")
        case H5T_VLEN: self = .other("variable-length sequence")
        case H5T_ARRAY: self = .other("array")
        case H5T_OPAQUE: self = .opaque
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

/// Whether the bits of an integer are all of its 1, 2, 4 or 8 bytes, in one of the two usual orders.
///
/// The C functions are `H5Tget_size`, `H5Tget_precision`, `H5Tget_offset` and `H5Tget_order`.
private func fillsItsBytes(_ type: hid_t) -> Bool {
    let bytes = H5Tget_size(type)
    return [1, 2, 4, 8].contains(bytes) && H5Tget_precision(type) == 8 * bytes && H5Tget_offset(type) == 0
        && [H5T_ORDER_LE, H5T_ORDER_BE].contains(H5Tget_order(type))
}

/// Whether a float is one of IEEE 754 with 2, 4 or 8 bytes. The C functions are `H5Tget_fields` and `H5Tget_norm`.
private func isOfIEEE(_ type: hid_t) -> Bool {
    var (sign, exponent, exponentBits, mantissa, mantissaBits) = (0, 0, 0, 0, 0)
    guard fillsItsBytes(type),
        unsafe H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0,
        mantissa == 0, H5Tget_norm(type) == H5T_NORM_IMPLIED, H5Tget_ebias(type) == 1 << (exponentBits - 1) - 1
    else { return false }
    return [[2, 15, 10, 5, 10], [4, 31, 23, 8, 23], [8, 63, 52, 11, 52]].contains(
        [H5Tget_size(type), sign, exponent, exponentBits, mantissaBits])
}

/// Whether an enumeration is one over a usual integer. The C function is `H5Tget_super`.
private func isUsualEnumeration(_ type: hid_t) -> Bool {
    guard let base = try? Handle("read an enumeration", { H5Tget_super(type) }) else { return false }
    return H5Tget_class(base.id) == H5T_INTEGER && fillsItsBytes(base.id) && H5Tget_size(base.id) == H5Tget_size(type)
}

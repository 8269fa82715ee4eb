import CHDF5

/// A Swift number that datasets and attributes can hold.
public protocol Element: BitwiseCopyable, Sendable {
    /// The stored type that `read(as:)` asks for and writing produces.
    static var elementType: ElementType { get }
}

extension UInt8: Element {
    public static var elementType: ElementType { .integer(bits: 8, signed: false) }
}

extension Int32: Element {
    public static var elementType: ElementType { .integer(bits: 32, signed: true) }
}

extension Int64: Element {
    public static var elementType: ElementType { .integer(bits: 64, signed: true) }
}

extension Int: Element {
    public static var elementType: ElementType { .integer(bits: 64, signed: true) }
}

extension Float: Element {
    public static var elementType: ElementType { .float(bits: 32) }
}

extension Double: Element {
    public static var elementType: ElementType { .float(bits: 64) }
}

extension Element {
    /// The library's identifier for the type in memory. It is the library's own and never released.
    static var memoryType: hid_t {
        switch elementType {
        case .integer(bits: 8, signed: false): chdf5_native_uint8()
        case .integer(bits: 32, signed: true): chdf5_native_int32()
        case .integer(bits: 64, signed: true): chdf5_native_int64()
        case .float(bits: 32): chdf5_native_float()
        case .float(bits: 64): chdf5_native_double()
        default: preconditionFailure("expected one of the six stored number types, got \(elementType)")
        }
    }
}

import CHDF5

/// A failure of the HDF5 library, or something in a file that this code refuses to believe.
public struct H5Error: Error, Hashable, CustomStringConvertible {
    /// What could not be done and on what, in words that follow "cannot": `read the dataset /x of a.h5`.
    public let operation: String

    /// Why, from the innermost cause (the one that carries the system's own error text) to the outermost.
    public let stack: [String]

    init(_ operation: String, _ stack: [String]) {
        self.operation = operation
        self.stack = stack
    }

    init(_ operation: String, because reason: String) {
        self.init(operation, [reason])
    }

    public var description: String {
        "cannot \(operation): \(reason)"
    }

    /// Why, in a few words.
    public var reason: String {
        if isOfAnotherFormat { return "it is not an HDF5 file" }
        if stack.contains(where: { $0.contains("truncated file") }) { return "the file is truncated" }
        return stack.first.map { Self.systemText(of: $0) + Self.remedy(of: $0) } ?? "the HDF5 library gives no reason"
    }

    /// Whether the file is of another format.
    public var isOfAnotherFormat: Bool { stack.contains { $0.contains("file signature not found") } }

    /// What the library's shortest messages mean.
    private static func remedy(of message: String) -> String {
        if message.contains("bad version number") {
            return
                " (it has a newer format than this HDF5 library reads: write the file again with libver=\"earliest\")"
        }
        if message.contains("unable to find link class") {
            return " (it is a link into another file, and those are not followed: copy what it leads to into this file)"
        }
        if message.contains("component not found") { return " (it is a link that leads nowhere)" }
        return ""
    }

    /// The text that HDF5 quotes from the system, where there is one, and otherwise the whole message.
    private static func systemText(of message: String) -> String {
        guard let opening = message.firstRange(of: "error message = '")?.upperBound,
            let closing = message[opening...].firstIndex(of: "'")
        else { return message }
        return String(message[opening..<closing])
    }
}

/// Calls the library once, and turns a negative result into an error that holds the library's error stack.
///
/// The library keeps one error stack per thread and by default prints it, so printing is turned off before every call.
/// The C functions are `H5Eset_auto2` and `H5Ewalk2`.
@discardableResult
func call<Result: SignedInteger>(
    _ operation: @autoclosure () -> String, _ body: () -> Result
) throws(H5Error) -> Result {
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    let result = body()
    guard result < 0 else { return result }
    let stack = errorStack()  // first, for any other call empties the stack
    throw H5Error(operation(), stack)
}

private func errorStack() -> [String] {
    var messages: [String] = []
    unsafe withUnsafeMutablePointer(to: &messages) { context in
        // H5E_WALK_UPWARD begins at the innermost function.
        _ = unsafe H5Ewalk2(
            hid_t(H5E_DEFAULT), H5E_WALK_UPWARD,
            { _, entry, context in
                guard let entry = unsafe entry, let context = unsafe context,
                    let text = unsafe entry.pointee.desc
                else { return 0 }
                unsafe context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
                return 0
            }, context)
    }
    return messages
}

import Storage

/// What Python's `pickle` saved, as far as it is numbers, texts, lists, dictionaries and arrays of NumPy.
///
/// A pickle is a program, and whoever runs one runs what its author likes. This reader knows some thirty instructions that put values together, and
/// of functions only those that make an array, or say where a tensor is; every other instruction or name is refused by its name.
/// Source: Python, `Lib/pickletools.py`.
struct PickleReader {
    /// A value that a pickle made.
    indirect enum Value {
        case none
        case integer(Int)
        case number(Double)
        case text(String)
        case bytes(ArraySlice<UInt8>)
        case list([Value])
        case tuple([Value])
        case dictionary([String: Value])
        /// A function or type, by module and name.
        case name(String)
        case type(NumberFormat)
        case array(Array)
        case storage(Storage)
        case tensor(Tensor)

        /// A list of texts.
        var texts: [String]? {
            guard case .list(let values) = self else { return nil }
            return values.compactMap { value in
                switch value {
                case .text(let text): text
                case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
                default: nil
                }
            }
        }

        /// A list, tuple or array of whole numbers.
        var integers: [Int]? {
            switch self {
            case .list(let values), .tuple(let values):
                let numbers = values.compactMap { if case .integer(let number) = $0 { number } else { nil } }
                return numbers.count == values.count ? numbers : nil
            case .array(let array):
                return array.format.numbers(in: Swift.Array(array.bytes)).compactMap { Int(exactly: $0) }
            default: return nil
            }
        }
    }

    /// An array of NumPy, the last axis fastest.
    struct Array {
        var shape: [Int]
        var format: NumberFormat
        var bytes: ArraySlice<UInt8>

        func numberArray(place: String, name: String) -> NumberArray {
            let bytes = bytes
            return NumberArray(place: place, name: name, shape: shape, format: format) {
                var rest = bytes
                return { count in
                    defer { rest = rest.dropFirst(count) }
                    return Swift.Array(rest.prefix(count))
                }
            }
        }
    }

    /// The largest pickle that is read, in bytes.
    static let sizeLimit = 1 << 29

    private let bytes: [UInt8]
    private let place: String
    /// Whether functions of PyTorch's are known, too.
    private let isTorch: Bool
    private var position = 0
    private var stack: [Value] = []
    private var marks: [Int] = []
    private var memory: [Int: Value] = [:]
    /// Tuples, lists and dictionaries so far: what is nested deeper than the stack is let go of one within the other.
    private var containers = 0

    /// - Throws: `DataError` for a pickle that is cut short, damaged, or holds an instruction that is not known.
    static func read(_ bytes: [UInt8], place: String, isTorch: Bool = false) throws -> Value {
        var reader = PickleReader(bytes: bytes, place: place, isTorch: isTorch)
        return try reader.run()
    }

    private init(bytes: [UInt8], place: String, isTorch: Bool) {
        self.bytes = bytes
        self.place = place
        self.isTorch = isTorch
    }

    private mutating func run() throws -> Value {
        while true {
            let code = try take(1).first!
            if code == UInt8(ascii: ".") { return try pop() }
            try step(code)
            if [0x28, 0x7D, 0x5D, 0x29, 0x74, 0x85, 0x86, 0x87].contains(code) { containers += 1 }
            guard containers < 10_000 else {
                throw damaged("it has too many lists and arrays, which belong into one array")
            }
            guard stack.count < 10_000_000, memory.count < 10_000_000 else { throw damaged("it is too long") }
        }
    }

    private mutating func step(_ code: UInt8) throws {
        switch Character(UnicodeScalar(code)) {
        case "\u{80}": _ = try take(1)  // PROTO
        case "\u{95}": _ = try take(8)  // FRAME
        case "(": marks.append(stack.count)
        case "}": stack.append(.dictionary([:]))
        case "]": stack.append(.list([]))
        case ")": stack.append(.tuple([]))
        case "N": stack.append(.none)
        case "\u{88}", "\u{89}": stack.append(.integer(code == 0x88 ? 1 : 0))
        case "K": stack.append(.integer(try number(1)))
        case "M": stack.append(.integer(try number(2)))
        case "J": stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case "\u{8A}": try long()
        case "G": stack.append(.number(Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })))
        case "U", "C": stack.append(.bytes(try take(number(1))))
        case "T", "B": stack.append(.bytes(try take(number(4))))
        case "\u{8E}": stack.append(.bytes(try take(number(8))))
        case "X": stack.append(.text(String(decoding: try take(number(4)), as: UTF8.self)))
        case "\u{8C}": stack.append(.text(String(decoding: try take(number(1)), as: UTF8.self)))
        case "t": let values = try popToMark(); stack.append(.tuple(values))
        case "\u{85}", "\u{86}", "\u{87}": stack.append(.tuple(try pop(Int(code) - 0x84)))
        case "a": let value = try pop(); try extend([value])
        case "e": let values = try popToMark(); try extend(values)
        case "s": let values = try pop(2); try set(values)
        case "u": let values = try popToMark(); try set(values)
        case "q": try remember(number(1))
        case "r": try remember(number(4))
        case "\u{94}": try remember(memory.count)
        case "h": try recall(number(1))
        case "j": try recall(number(4))
        case "c": let module = try line(); stack.append(.name(try known("\(module).\(line())")))
        case "\u{93}": let words = try pop(2); stack.append(.name(try known(words.map(text).joined(separator: "."))))
        case "R": let values = try pop(2); stack.append(try call(values[0], values[1]))
        case "Q" where isTorch: let values = try pop(1); stack.append(.storage(try storage(values[0])))
        case "b": let values = try pop(2); stack.append(try build(values[0], values[1]))
        default:
            throw DataError(
                place,
                "holds the pickle instruction \(String(code, radix: 16, uppercase: true)) at byte \(position - 1), which is not among those that arrays need: save the arrays with numpy.savez"
            )
        }
    }

    // MARK: Functions

    private static let reconstruct: Set = ["numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"]
    private static let names = reconstruct.union(["numpy.ndarray", "numpy.dtype", "_codecs.encode"])

    private func known(_ name: String) throws -> String {
        guard Self.names.contains(name) || isTorch && Self.torchNames.contains(name) else {
            throw DataError(
                place,
                "is a pickle that calls \(name), which is not allowed, for it may run anything: save the arrays with numpy.savez"
            )
        }
        return name
    }

    private func call(_ function: Value, _ arguments: Value) throws -> Value {
        guard case .name(let name) = function, case .tuple(let values) = arguments else {
            throw damaged("it calls no function")
        }
        switch name {
        case _ where Self.reconstruct.contains(name): return .array(Array(shape: [], format: .byte, bytes: []))
        case "numpy.dtype": return .type(try format(text(values.first ?? .none)))
        case "_codecs.encode":
            // Python 2 reads bytes of Python 3 as text in Latin-1.
            guard case .text(let text)? = values.first else { throw damaged("it encodes what is no text") }
            let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
            return .bytes(bytes[...])
        case Self.rebuildTensor: return .tensor(try tensor(values))
        case Self.orderedDictionary: return .dictionary([:])
        default: throw damaged("it calls \(name)")
        }
    }

    private func format(_ text: String) throws -> NumberFormat {
        let kinds: [Character: NumberFormat.Kind] = ["b": .unsigned, "u": .unsigned, "i": .signed, "f": .float]
        guard let kind = text.first.flatMap({ kinds[$0] }), let size = Int(text.dropFirst()),
            [1, 2, 4, 8].contains(size),
            kind != .float || size > 1
        else { throw damaged("it holds an array of \(text)") }
        return NumberFormat(kind, bytes: size)
    }

    /// Fills what `_reconstruct` and `dtype` made.
    private func build(_ target: Value, _ state: Value) throws -> Value {
        // What is set on a dictionary besides its keys is no array.
        if case .dictionary = target { return target }
        guard case .tuple(let values) = state else { throw damaged("it builds something else than an array") }
        switch target {
        case .type(let format):
            // What is recalled later is what was remembered before this, so a type may not change here.
            guard values.count > 1, text(values[1]) != ">" else {
                throw damaged("an array has its bytes in the other order")
            }
            return .type(format)
        case .array:
            guard values.count == 5, let shape = values[1].integers, case .type(let format) = values[2],
                case .bytes(let bytes) = values[4]
            else { throw damaged("an array lacks its shape, type or numbers") }
            guard case .integer(0) = values[3] else { throw damaged("an array lies in Fortran's order") }
            let size = shape.reduce(Double(format.bytes)) { $0 * Double($1) }
            guard shape.allSatisfy({ $0 > 0 }), size == Double(bytes.count) else {
                throw damaged("an array of \(shape) has \(bytes.count) bytes")
            }
            return .array(Array(shape: shape, format: format, bytes: bytes))
        default: throw damaged("it builds something else than an array")
        }
    }

    // MARK: Stack

    private mutating func pop() throws -> Value { try pop(1)[0] }

    private mutating func pop(_ count: Int) throws -> [Value] {
        guard stack.count >= count + (marks.last ?? 0) else { throw damaged("it takes values that are not there") }
        defer { stack.removeLast(count) }
        return stack.suffix(count)
    }

    private mutating func popToMark() throws -> [Value] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw damaged("it has no mark") }
        defer { stack.removeLast(stack.count - mark) }
        return Swift.Array(stack[mark...])
    }

    /// Adds to the list on the stack. It is taken out first, so that it is not copied.
    private mutating func extend(_ values: [Value]) throws {
        guard case .list(var list) = try pop() else { throw damaged("it appends to what is no list") }
        list += values
        stack.append(.list(list))
    }

    private mutating func set(_ values: [Value]) throws {
        guard case .dictionary(var dictionary) = try pop(), values.count % 2 == 0 else {
            throw damaged("it sets keys of what is no dictionary")
        }
        for index in stride(from: 0, to: values.count, by: 2) { dictionary[text(values[index])] = values[index + 1] }
        stack.append(.dictionary(dictionary))
    }

    private mutating func remember(_ key: Int) throws {
        guard let value = stack.last else { throw damaged("it remembers nothing") }
        switch value {
        // Lists and dictionaries grow after they are remembered, and nobody recalls those of an array's pickle.
        case .list, .dictionary: memory[key] = Value.none
        default: memory[key] = value
        }
    }

    private mutating func recall(_ key: Int) throws {
        guard let value = memory[key] else { throw damaged("it recalls what it did not remember") }
        stack.append(value)
    }

    private func text(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .bytes(let bytes): String(decoding: bytes.prefix(256), as: UTF8.self)
        default: ""
        }
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw damaged("it is truncated") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func number(_ size: Int) throws -> Int {
        Int(truncatingIfNeeded: try take(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private mutating func long() throws {
        let digits = try take(number(1))
        guard digits.count <= 8 else { throw damaged("it holds a number of \(digits.count) bytes") }
        let value = digits.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let shift = 64 - 8 * digits.count
        stack.append(.integer(digits.isEmpty ? 0 : Int(Int64(bitPattern: value << UInt64(shift)) >> Int64(shift))))
    }

    private mutating func line() throws -> String {
        let line = bytes[position...].prefix { $0 != UInt8(ascii: "\n") }
        _ = try take(line.count + 1)
        return String(decoding: line.prefix(256), as: UTF8.self)
    }

    func damaged(_ problem: String) -> DataError {
        DataError(place, "is no pickle of arrays that can be read: \(problem), at byte \(position)")
    }
}

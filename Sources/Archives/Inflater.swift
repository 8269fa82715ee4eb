import CZlib

/// Unpacks a gzip stream as it is read.
@safe final class Inflater: ByteSource {
    private let source: any ByteSource
    private let place: String
    /// At one address for its life: the library keeps it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var input: [UInt8] = []
    private var used = 0
    private var isAtEnd = false

    /// The C function is `inflateInit2`.
    init(_ source: any ByteSource, named place: String) throws(ArchiveError) {
        self.source = source
        self.place = place
        // 15 bits of window, and 16 for gzip's header.
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
            throw ArchiveError(place: place, reason: "cannot be unpacked: out of memory")
        }
    }

    deinit {
        unsafe _ = inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// The C function is `inflate`. Several gzip streams behind one another are one, as gzip has it.
    func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        var made = 0
        while made == 0, !isAtEnd {
            if used == input.count {
                (input, used) = (try source.next(1 << 16), 0)
                guard !input.isEmpty else { throw ArchiveError(place: place, reason: "is truncated") }
            }
            let (result, taken, given) = step(&output)
            used += taken
            made += given
            switch result {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: try startNextStream()
            default:
                let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(result)"
                throw ArchiveError(place: place, reason: "is corrupt: \(message)")
            }
        }
        output.removeLast(count - made)
        return output
    }

    private func step(_ output: inout [UInt8]) -> (Int32, taken: Int, given: Int) {
        let (left, room) = (input.count - used, output.count)
        return unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.pointee.next_in = input.baseAddress! + used
                unsafe stream.pointee.avail_in = UInt32(left)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                let result = unsafe inflate(stream, Z_NO_FLUSH)
                return unsafe (result, left - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
            }
        }
    }

    /// Zeros behind a stream are padding.
    private func startNextStream() throws(ArchiveError) {
        if used == input.count { (input, used) = (try source.next(1 << 16), 0) }
        guard used < input.count, input[used] == 0x1F else {
            isAtEnd = true
            return
        }
        unsafe _ = inflateReset(stream)
    }
}

import CHDF5

extension LZF {
    /// Teaches the library the filter, once, so that whatever it reads may have it. The C function is `H5Zregister`.
    static let registration: Void = {
        var filter = unsafe H5Z_class2_t()
        unsafe filter.version = H5Z_CLASS_T_VERS
        unsafe filter.id = LZF.filter
        unsafe filter.encoder_present = 0
        unsafe filter.decoder_present = 1
        unsafe filter.filter = { flags, parameterCount, parameters, count, capacity, buffer in
            // Writing would need the other half; 0 is the library's word for failure.
            guard flags & UInt32(H5Z_FLAG_REVERSE) != 0, parameterCount > 2, let parameters = unsafe parameters,
                let capacity = unsafe capacity, let buffer = unsafe buffer, let bytes = unsafe buffer.pointee
            else { return 0 }
            let stored = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
            let wanted = unsafe Int(parameters[2])
            guard wanted > 0, wanted <= LZF.most(from: count), let result = LZF.decompress(stored, count: wanted),
                let place = unsafe H5allocate_memory(result.count, false)
            else { return 0 }
            unsafe result.withUnsafeBytes { unsafe place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            unsafe H5free_memory(bytes)
            unsafe buffer.pointee = place
            unsafe capacity.pointee = result.count
            return result.count
        }
        _ = unsafe withUnsafePointer(to: &filter) { unsafe H5Zregister($0) }
    }()
}

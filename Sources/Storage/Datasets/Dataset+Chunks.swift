import CHDF5

extension Dataset {
    /// The number of chunks that were written. The C function is `H5Dget_num_chunks`.
    func writtenChunkCount() throws(H5Error) -> Int {
        var count = hsize_t(0)
        // The library (1.10.8) does not take H5S_ALL here.
        let space = try Handle("count the chunks of \(place)") { H5Dget_space(id) }
        let spaceID = space.id
        try call("count the chunks of \(place)") { unsafe H5Dget_num_chunks(id, spaceID, &count) }
        return Int(clamping: count)
    }

    /// Whether a dataset in one piece has no place in the file. The C functions are `H5Dget_create_plist` and `H5Pget_layout`.
    func isNeverWritten() throws(H5Error) -> Bool {
        guard layout.chunk == nil, count > 0 else { return false }
        let list = try Handle("look at the dataset \(place)") { H5Dget_create_plist(id) }
        return H5Pget_layout(list.id) == H5D_CONTIGUOUS && H5Dget_offset(id) == chdf5_no_address()
            && H5Dget_storage_size(id) == 0
    }

    /// The bytes that a chunk takes in the file; 0 where it was never written. The C function is `H5Dget_chunk_storage_size`.
    func chunkBytes(at origin: [Int]) throws(H5Error) -> Int {
        var bytes = hsize_t(0)
        let origin = origin.map { hsize_t($0) }
        do {
            try call("find a chunk of \(place)") { unsafe H5Dget_chunk_storage_size(id, origin, &bytes) }
        } catch  where error.stack.contains(where: { $0.contains("not allocated") }) {
            return 0  // the library (1.10.8) calls this an error
        }
        return Int(clamping: bytes)
    }

    /// A chunk as it lies in the file; nil where it was never written. The C function is `H5Dread_chunk`.
    func rawChunk(at origin: [Int], atMost limit: Int) throws(H5Error) -> (bytes: [UInt8], skippedFilters: UInt32)? {
        let count = try chunkBytes(at: origin)
        guard count > 0 else { return nil }
        guard count <= limit else {
            throw H5Error("read the dataset \(place)", because: "a chunk claims \(count) bytes in a file of \(limit)")
        }
        let offset = origin.map { hsize_t($0) }
        var skipped: UInt32 = 0
        let bytes: [UInt8] = try unsafe readNumbers("read the dataset \(place)", count: count) {
            unsafe H5Dread_chunk(id, hid_t(H5P_DEFAULT), offset, &skipped, $0)
        }
        return (bytes, skipped)
    }

    /// The bytes of elements that have no type but a length, such as h5py's `numpy.void`. The C function is `H5Dread`.
    func opaqueBytes() throws(H5Error) -> [UInt8] {
        let type = try storedType()
        let (id, typeID) = (id, type.id)
        return try unsafe readNumbers("read the dataset \(place)", count: count * H5Tget_size(typeID)) {
            unsafe H5Dread(id, typeID, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), $0)
        }
    }

    /// A part as the library reads it, in the file's own type. The C functions are `H5Sselect_hyperslab` and `H5Dread`.
    func storedBytes(of slab: Slab) throws(H5Error) -> [UInt8] {
        let operation = "read the dataset \(place)"
        let type = try storedType()
        let memory = try dataspace(slab.extents)
        let file = try Handle(operation) { H5Dget_space(id) }
        let (start, count) = (slab.origin.map { hsize_t($0) }, slab.extents.map { hsize_t($0) })
        try call(operation) { unsafe H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, count, nil) }
        let (typeID, memoryID, fileID) = (type.id, memory.id, file.id)
        return try unsafe readNumbers(operation, count: slab.extents.reduce(H5Tget_size(typeID), *)) {
            unsafe H5Dread(id, typeID, memoryID, fileID, hid_t(H5P_DEFAULT), $0)
        }
    }
}

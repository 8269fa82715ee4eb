import CHDF5

extension Layout {
    /// The list of properties that creates a dataset so.
    ///
    /// The C functions are `H5Pset_chunk`, `H5Pset_shuffle`, `H5Pset_deflate` and `H5Pset_fletcher32`.
    func properties() throws(H5Error) -> Handle {
        let operation = "describe the layout of a dataset"
        let list = try Handle(operation) { H5Pcreate(chdf5_class_dataset_create()) }
        let id = list.id
        guard let chunk else { return list }
        let extents = chunk.map { hsize_t($0) }
        try call(operation) { unsafe H5Pset_chunk(id, Int32(extents.count), extents) }
        if shuffle { try call(operation) { H5Pset_shuffle(id) } }
        if let gzip { try call(operation) { H5Pset_deflate(id, UInt32(gzip)) } }
        if fletcher32 { try call(operation) { H5Pset_fletcher32(id) } }
        return list
    }

    /// The layout of an existing dataset, refused where its elements lie outside the file or behind an unknown filter.
    ///
    /// The C functions are `H5Dget_create_plist`, `H5Pget_layout`, `H5Pget_external_count` and `H5Pget_chunk`.
    init(of dataset: hid_t, _ operation: String) throws(H5Error) {
        let list = try Handle(operation) { H5Dget_create_plist(dataset) }
        guard H5Pget_layout(list.id) != H5D_VIRTUAL, H5Pget_external_count(list.id) <= 0 else {
            throw H5Error(operation, because: "its elements lie in other files")
        }
        if H5Pget_layout(list.id) == H5D_CHUNKED {
            var extents = [hsize_t](repeating: 0, count: 32)  // H5S_MAX_RANK
            let id = list.id
            let rank = try call(operation) { unsafe H5Pget_chunk(id, Int32(extents.count), &extents) }
            chunk = extents.prefix(Int(rank)).map { Int(clamping: $0) }
        }
        try readFilters(list, operation)
        if chunk != nil { try leavePartialChunksToTheLibrary(list, operation) }
    }

    /// Where chunks at the edge are stored without the filters of the others, only the library reads them. The C function is
    /// `H5Pget_chunk_opts`.
    private mutating func leavePartialChunksToTheLibrary(_ list: borrowing Handle, _ operation: String) throws(H5Error)
    {
        let id = list.id
        var options: UInt32 = 0
        try call(operation) { unsafe H5Pget_chunk_opts(id, &options) }
        if options != 0 { filters = nil }
    }

    /// The C functions are `H5Pget_nfilters`, `H5Pget_filter2` and `H5Zfilter_avail`.
    private mutating func readFilters(_ list: borrowing Handle, _ operation: String) throws(H5Error) {
        let id = list.id
        for index in 0..<(try call(operation) { H5Pget_nfilters(id) }) {
            let (filter, name, parameter) = try Self.filter(UInt32(index), of: id, operation)
            switch filter {
            case H5Z_FILTER_SHUFFLE:
                shuffle = true
                filters?.append(.shuffle(elementBytes: Int(parameter)))
            case H5Z_FILTER_DEFLATE:
                gzip = Int(parameter)
                filters?.append(.gzip(level: Int(parameter)))
            case H5Z_FILTER_FLETCHER32:
                fletcher32 = true
                filters?.append(.fletcher32)
            case LZF.filter:
                lzf = true
                filters?.append(.lzf)
            default:
                try Self.requireFilter(filter, name, operation)
                filters = nil
            }
        }
    }

    private static func filter(
        _ index: UInt32, of list: hid_t, _ operation: String
    ) throws(H5Error) -> (id: H5Z_filter_t, name: String, parameter: UInt32) {
        var parameters = [UInt32](repeating: 0, count: 16)
        var name = [CChar](repeating: 0, count: 64)
        var (flags, count, configuration) = (UInt32(0), parameters.count, UInt32(0))
        let filter = try call(operation) {
            unsafe H5Pget_filter2(list, index, &flags, &count, &parameters, name.count, &name, &configuration)
        }
        let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return (filter, String(decoding: text, as: UTF8.self), parameters[0])
    }

    private static func requireFilter(_ filter: H5Z_filter_t, _ name: String, _ operation: String) throws(H5Error) {
        guard H5Zfilter_avail(filter) <= 0 else { return }
        let known = name.isEmpty ? "" : " (\(name))"
        throw H5Error(
            operation,
            because: "it was written with filter \(filter)\(known), which this HDF5 library lacks; "
                + "write it again uncompressed, or with gzip or lzf")
    }
}

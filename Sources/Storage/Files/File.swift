import CHDF5
import Synchronization

/// An HDF5 file, on disk or in memory: where to start.
///
///     let file = try File.create(inMemory: .latest)
///     try file.root.write("weights", values, shape: [3, 4], layout: .checksummed(shape: [3, 4]))
///     let bytes = try file.image()
///
/// The file is closed when the last of the file, its groups and its datasets goes. Handles are not `Sendable`: one owner at a
/// time uses a file, and the compiler holds to it.
public final class File {
    let handle: Handle

    /// The group at the top, `/`.
    public let root: Group

    private init(_ handle: consuming Handle) throws(H5Error) {
        root = try Group(opening: "/", in: handle.id)
        self.handle = handle
    }

    /// The library versions that can read what is written.
    public enum Compatibility: Sendable {
        /// Every version back to 1.0; for datasets that other programs read.
        case earliest
        /// The newest format, whose own structures carry checksums; for checkpoints.
        case latest
    }

    /// Creates a file on disk, in place of what the caller put under its path. The C function is `H5Fcreate`.
    ///
    /// The library locks nothing: who made an empty file to be filled may hold the lock on it.
    public static func create(over path: String, _ compatibility: Compatibility = .earliest) throws(H5Error) -> File {
        let access = try accessProperties(compatibility)
        try lockNothing(path, access)
        return try create(path, chdf5_create_anew(), access)
    }

    /// Creates a file that lives in memory until `image()` hands out its bytes. The C function is `H5Pset_fapl_core`.
    ///
    /// - Parameter name: What errors call the file.
    public static func create(
        inMemory compatibility: Compatibility, named name: String = "an HDF5 file in memory"
    ) throws(H5Error) -> File {
        let access = try accessProperties(compatibility)
        try keepInMemory(access)
        return try create(memoryName(name), chdf5_create_exclusively(), access)
    }

    /// Opens a file on disk for reading. The C function is `H5Fopen`.
    ///
    /// Nothing is locked, since nothing is written: that lets several readers in, and works where a network file system
    /// cannot lock.
    public static func open(_ path: String) throws(H5Error) -> File {
        let access = try accessProperties(.earliest)
        try lockNothing(path, access)
        return try open(path, access)
    }

    /// Opens the bytes of a file for reading, with or without a user block. The C function is `H5Pset_file_image`.
    ///
    /// - Parameter name: What errors call the file, such as the path that the bytes came from.
    public static func open(
        image: [UInt8], named name: String = "an HDF5 file in memory"
    ) throws(H5Error) -> File {
        let access = try accessProperties(.earliest)
        try keepInMemory(access)
        try call("open \(name)") {
            unsafe image.withUnsafeBytes {
                // The library copies the bytes and never writes to these.
                unsafe H5Pset_file_image(access.id, UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
            }
        }
        return try open(memoryName(name), access)
    }

    /// The bytes of the whole file as they would lie on disk. The C function is `H5Fget_file_image`.
    public func image() throws(H5Error) -> [UInt8] {
        try flush()
        let operation = "take the bytes of \(name)"
        let count = try call(operation) { H5Fget_file_image(handle.id, nil, 0) }
        var bytes = [UInt8](repeating: 0, count: count)
        try call(operation) {
            unsafe bytes.withUnsafeMutableBytes { unsafe H5Fget_file_image(handle.id, $0.baseAddress, $0.count) }
        }
        Superblock.seal(&bytes)
        return bytes
    }

    /// Hands everything that is still buffered to the operating system. The C function is `H5Fflush`.
    public func flush() throws(H5Error) {
        try call("write \(name)") { H5Fflush(handle.id, H5F_SCOPE_GLOBAL) }
    }

    /// The path that was opened, or the name that was given.
    public var name: String { fileName(handle.id) }

    /// A name that no other file in memory has: the library would take two of one name for the same file.
    private static func memoryName(_ name: String) -> String {
        "\(name)\(memoryNameEnd)\(memoryFileCount.add(1, ordering: .relaxed).newValue)"
    }

    private static let memoryFileCount = Atomic(0)

    /// The number of open files, groups, datasets, named types and attributes in this process.
    ///
    /// Zero once nobody uses a file. The C function is `H5Fget_obj_count`.
    public static var openObjectCount: Int {
        chdf5_open_object_count()
    }
}

extension File {
    private static func create(_ path: String, _ flags: UInt32, _ access: borrowing Handle) throws(H5Error) -> File {
        let id = access.id
        return try File(Handle("create \(path)") { unsafe H5Fcreate(path, flags, hid_t(H5P_DEFAULT), id) })
    }

    private static func lockNothing(_ path: String, _ access: borrowing Handle) throws(H5Error) {
        let id = access.id
        try call("open \(path)") { H5Pset_file_locking(id, false, true) }
    }

    private static func open(_ path: String, _ access: borrowing Handle) throws(H5Error) -> File {
        let id = access.id
        return try File(Handle("open \(path)") { unsafe H5Fopen(path, chdf5_read_only(), id) })
    }

    private static func accessProperties(_ compatibility: Compatibility) throws(H5Error) -> Handle {
        _ = exitIsOurs
        _ = ownContentsOnly
        _ = LZF.registration
        try requireThreadSafety()
        let access = try Handle("prepare the opening of a file") { H5Pcreate(chdf5_class_file_access()) }
        if compatibility == .latest {
            try call("choose the newest file format") {
                H5Pset_libver_bounds(access.id, chdf5_newest_format(), chdf5_newest_format())
            }
        }
        return access
    }

    /// Keeps the library from tidying up when the process ends: every handle is closed by its owner, and what a full disk left
    /// in the library's buffers makes it crash there. Must come before any other call. The C function is `H5dont_atexit`.
    private static let exitIsOurs: Void = { _ = H5dont_atexit() }()

    /// Forgets how to follow links into other files: a file from anyone must not choose what else is opened. The C function is
    /// `H5Lunregister`.
    private static let ownContentsOnly: Void = { _ = H5Lunregister(H5L_TYPE_EXTERNAL) }()

    /// Refuses a library that threads with a file each could corrupt. The C function is `H5is_library_threadsafe`.
    private static func requireThreadSafety() throws(H5Error) {
        var isThreadSafe = false
        try call("ask the HDF5 library about threads") { unsafe H5is_library_threadsafe(&isThreadSafe) }
        guard isThreadSafe else {
            throw H5Error(
                "use this HDF5 library", because: "it was built without thread safety; install Debian's libhdf5")
        }
    }

    private static func keepInMemory(_ access: borrowing Handle) throws(H5Error) {
        let growth = 4 << 20  // bytes by which the memory grows; larger steps copy less often
        let id = access.id
        try call("prepare a file in memory") { H5Pset_fapl_core(id, growth, false) }
    }
}

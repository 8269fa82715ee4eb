import Glibc

extension Endpoint {
    /// Fails where a process listens at an `ipc://` path already, or another kind of file is there: libzmq would replace either without
    /// a word, and take the process's peers over. A socket that a dead process left is no obstacle.
    ///
    /// The C functions are `lstat`, `socket` and `connect`.
    public func requireNoListener() throws(MessagingError) {
        guard transport == .ipc else { return }
        guard !isOtherFile else {
            throw MessagingError(
                "listen on", .addressInUse, endpoint: description,
                remedy: "\(address) exists and is not a socket; choose another path with --listen")
        }
        guard hasListener else { return }
        throw MessagingError(
            "listen on", .addressInUse, endpoint: description,
            remedy:
                "address in use: another process listens on \(self); wait for it to end, or choose another with --listen"
        )
    }

    private var isOtherFile: Bool {
        var status = stat()
        return unsafe lstat(address, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
    }

    private var hasListener: Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let path = Array(address.utf8) + [0]
        guard path.count <= MemoryLayout.size(ofValue: name.sun_path) else { return false }
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path) }
        return unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

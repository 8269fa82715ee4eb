import Glibc

/// Refuses what is neither a file nor missing: the libraries would wait for ever at a pipe, and never end with a device. The C function
/// is `stat`.
func requireFile(_ path: String) throws(ArchiveError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return }
    guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
        throw ArchiveError(place: path, reason: "is a pipe, a socket or a device: name a file")
    }
}

/// How a process's links keep others out.
public enum LinkSecurity<Keys: Sendable>: Sendable {
    /// Only `ipc://`, where the file system says who may connect.
    case none
    /// Also TCP on loopback addresses, where any user of this machine may connect.
    case insecure
    /// Encrypted, and with known peers only, at any address.
    case keys(Keys)
}

import Coordination
import Files

/// What a coordinator leaves in a run's directory for others to find: which run it is, and where workers connect.
public struct RunPresence: Sendable {
    /// 32 hexadecimal digits; nil where nobody has written it.
    public let run: String?
    /// Where workers connect, while a coordinator runs.
    public let address: String?
    /// Whether a process holds the run, and which.
    public let holder: DirectoryLock.Holder?

    /// Looks at a directory, and changes nothing in it.
    ///
    /// - Throws: `FileError`, or a sentence about a file that somebody changed.
    public init(_ directory: String) throws {
        run = try EpochFile(directory: directory).read().run?.description
        holder = try DirectoryLock.holder(of: directory)
        address = holder == nil ? nil : AddressFile(directory: directory).read()
    }
}

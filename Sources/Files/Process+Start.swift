import Foundation

extension Process {
    /// Starts the program; `run` tells why it does not in terms that no user knows.
    ///
    /// - Throws: `FileError` with the program's path.
    public func start() throws(FileError) {
        do {
            try run()
        } catch {
            let error = error as NSError
            let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
            throw FileError("start \(executableURL?.path ?? "a program")", code: Self.code(cause))
        }
    }

    /// Where no file may be opened any more, a pipe has a descriptor that is none, or an inherited one lies beyond the limit.
    private static func code(_ cause: NSError) -> Int32 {
        guard cause.domain == NSPOSIXErrorDomain else { return EIO }
        return cause.code == Int(EBADF) ? EMFILE : Int32(clamping: cause.code)
    }
}

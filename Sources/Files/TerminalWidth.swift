import Glibc

/// The columns of the terminal behind a descriptor, or nil where it is none or does not know. The C function is `ioctl`.
public func terminalWidth(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

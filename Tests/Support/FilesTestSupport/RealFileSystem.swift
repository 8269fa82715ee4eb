// FilesTestSupport: disks that fail, in tests of several targets.

import Files

/// A file system that does what the real one does, but for the calls that a test writes itself.
public protocol RealFileSystem: FileSystem {}

extension RealFileSystem {
    public var real: PosixFileSystem { PosixFileSystem() }

    public func names(in directory: String) throws(FileError) -> [String] { try real.names(in: directory) }
    public func read(_ path: String) throws(FileError) -> [UInt8] { try real.read(path) }
    public func create(_ path: String, _ bytes: [UInt8]) throws(FileError) { try real.create(path, bytes) }
    public func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
        try real.write(bytes, to: path, at: offset)
    }
    public func synchronize(file path: String) throws(FileError) { try real.synchronize(file: path) }
    public func rename(_ path: String, to newPath: String) throws(FileError) { try real.rename(path, to: newPath) }
    public func synchronize(directory: String) throws(FileError) { try real.synchronize(directory: directory) }
    public func remove(_ path: String) throws(FileError) { try real.remove(path) }
    public func createDirectory(_ path: String) throws(FileError) { try real.createDirectory(path) }
}

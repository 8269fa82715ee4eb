// Files: durable writes, locks, and what the system says of its processes.
//
// `FileSystem` is the protocol behind which a simulator puts a disk that fails; `PosixFileSystem` is the real one. A file that a run
// keeps is written whole, forced to the disk and renamed. `UnfinishedFile` does the same for what a command writes.

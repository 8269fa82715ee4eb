// Storage: HDF5 in Swift.
//
// Start at `File` (`Files`), then `Group`, and `Dataset` (`Datasets`). `Types` says which numbers lie in a file, `Filters` reads compressed chunks on all cores.
// The library is not safe to use from several threads, so each file has one owner.
